# Warnings are errors in our own code, unless another project builds it with a compiler that we do not know. Linked
# privately, so that users of the libraries keep their own flags. Clang's -Wshadow takes names in another file's unnamed
# namespace for shadowed ones where files are compiled together, and is left out.
add_library(settle_warnings INTERFACE)
target_compile_options(settle_warnings INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
                                                 -Woverloaded-virtual $<$<CXX_COMPILER_ID:GNU>:-Wshadow>
                                                 $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>)

# Warnings are errors in our own code, unless another project builds it with a compiler that we do not know. Linked
# privately, so that users of the libraries keep their own flags. Clang's -Wshadow takes names in another file's unnamed
# namespace for shadowed ones where files are compiled together, and is left out; so is its complaint of the argument that
# may be left out of GoogleTest's TYPED_TEST_SUITE.
add_library(settle_warnings INTERFACE)
target_compile_options(settle_warnings INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
                                                 -Woverloaded-virtual $<$<CXX_COMPILER_ID:GNU>:-Wshadow>
                                                 $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-zero-variadic-macro-arguments>
                                                 $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>)

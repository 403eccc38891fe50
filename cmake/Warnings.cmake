# Warnings are errors in our own code, unless another project builds it with a compiler that we do not know. Linked
# privately, so that users of the libraries keep their own flags.
add_library(settle_warnings INTERFACE)
target_compile_options(settle_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                                 -Woverloaded-virtual $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>)

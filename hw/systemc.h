// SystemC for our modules. Programs are compiled for the C++ standard that the library of SystemC was compiled for, or
// the linker misses a symbol that says so in its name alone (sc_api_version_...): here the compiler says it.
#pragma once

#include <systemc>

#if defined(SC_CPLUSPLUS) && SC_CPLUSPLUS != 201703L
#error \
    "settle/hw and SystemC are built for C++17: compile files that include settle/hw with -std=c++17, in CMake \
CMAKE_CXX_STANDARD 17, in a library of its own if the rest needs another C++ (settle/models takes later ones)"
#endif

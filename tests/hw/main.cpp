#include <systemc>

#include <gtest/gtest.h>

// SystemC's library wants this symbol; its own main is not used.
int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

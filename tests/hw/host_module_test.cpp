// What goes wrong in the host's thread comes out of the simulation.
#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "tests/hw/in_child.h"
#include "tests/hw/run_system.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::host_module_test {
namespace {

template <class Exception>
void expect_comes_out(const char* message) {
  in_child([message]() {
    bool after = false;
    const auto run = [&]() {
      run_system(exact_chip({4, 3, 2}), {}, [&](hw::System&) {
        sc_core::wait(hw::to_sc_time(1e-6));
        throw Exception(message);
      });
      after = true;
    };
    try {
      run();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Exception& e) {
      EXPECT_STREQ(e.what(), message);
    }
    EXPECT_FALSE(after);
    EXPECT_EQ(sc_core::sc_time_stamp(), hw::to_sc_time(1e-6));
  });
}

TEST(HostModule, ExceptionsComeOutOfTheSystemAsThemselves) {
  expect_comes_out<RunError>("the disk is full");
  expect_comes_out<InputError>("no such file");
  expect_comes_out<std::logic_error>("a bug");
}

}  // namespace
}  // namespace settle::test::host_module_test

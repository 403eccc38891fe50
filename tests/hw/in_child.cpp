#include "tests/hw/in_child.h"

#include <cstdio>
#include <systemc>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "settle/hw/sim_time.h"

#ifdef SETTLE_COUNTS_LINES
extern "C" void __gcov_dump();  // of GCC's counters (preset coverage)
#endif

namespace settle::test {
namespace {

void report(const sc_core::sc_report& r, const sc_core::sc_actions& actions) {
  if (r.get_severity() == sc_core::SC_INFO) return;
  ADD_FAILURE() << "SystemC: " << r.what();
  sc_core::sc_report_handler::default_handler(r, actions & ~sc_core::SC_DISPLAY);  // errors go on to throw
}

// Failures of the present test so far: a child starts with those of its parent.
int failures() {
  const testing::TestResult& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
  int count = 0;
  for (int i = 0; i < result.total_part_count(); ++i) count += result.GetTestPartResult(i).failed();
  return count;
}

// The child's whole life: writes what body returned, and never comes back.
[[noreturn]] void live(const std::function<std::string()>& body, int out) {
  const int failures_before = failures();
  try {
    sc_core::sc_report_handler::set_handler(report);
    hw::set_time_resolution();
    const std::string text = body();
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = write(out, text.data() + done, text.size() - done);
      if (n <= 0) {
        ADD_FAILURE() << "cannot write to the parent";
        break;
      }
      done += std::size_t(n);
    }
  } catch (const std::exception& e) {
    ADD_FAILURE() << "exception: " << e.what();
  }
  std::fflush(nullptr);
#ifdef SETTLE_COUNTS_LINES
  __gcov_dump();  // which _exit() leaves out
#endif
  _exit(failures() > failures_before ? 1 : 0);
}

}  // namespace

std::string from_child(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    close(ends[0]);
    live(body, ends[1]);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, std::size_t(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child process failed, status " << status;
  return text;
}

void in_child(const std::function<void()>& body) {
  from_child([&]() {
    body();
    return std::string();
  });
}

}  // namespace settle::test

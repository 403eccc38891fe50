// Lines of commands that go on whether or not they can be written: progress, notes, errors, results.
#pragma once

#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace settle {

/// Prints to standard error. That it cannot be written (its disk is full, its terminal is closed) is no reason to end:
/// a run that nobody watches any more must still save what it has.
template <class... Args>
void say(fmt::format_string<Args...> form, Args&&... args) {
  std::fputs(fmt::format(form, std::forward<Args>(args)...).c_str(), stderr);
}

/// Prints to standard output, for commands that have more to do: that it cannot be written is said when they end.
template <class... Args>
void print_result(fmt::format_string<Args...> form, Args&&... args) {
  std::fputs(fmt::format(form, std::forward<Args>(args)...).c_str(), stdout);
}

}  // namespace settle

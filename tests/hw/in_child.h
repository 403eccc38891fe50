// SystemC elaborates once a process: whatever elaborates runs in a forked child of its own.
#pragma once

#include <functional>
#include <string>

namespace settle::test {

/// Runs body in a child process, with the time resolution set. Failed expectations in it, exceptions, and SystemC's
/// warnings and errors fail the present test.
void in_child(const std::function<void()>& body);
/// Likewise; returns what body returned.
std::string from_child(const std::function<std::string()>& body);

}  // namespace settle::test

// The two ways in which something can be wrong: the user's input, and our own code.
#pragma once

#include <stdexcept>
#include <string>

namespace settle {

/// Something that the user wrote, named or asked for cannot be used. The message is one line that says what is
/// wrong, where, and how to mend it. The program prints it and exits with status 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A run that was asked for correctly has failed (a full disk, a value that is not finite). Exit status 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A number that is NaN or infinite, where it first appeared: the message says which, and of what.
class NotFinite : public RunError {
 public:
  using RunError::RunError;
};

// A broken precondition inside Settle is std::logic_error: a bug of ours, reported as one.

}  // namespace settle

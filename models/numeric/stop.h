// Long work asks now and then whether to go on, so that a program can end in the middle of it.
#pragma once

#include <stdexcept>

namespace settle {

/// Thrown out of work that was to end. What the work was changing is then in no state that could be used.
class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("the work was to end") {}
};

/// Says whom to ask, which must answer from any thread; null, as at the start: nobody, and all work is done.
void ask_whether_to_stop(bool (*wanted)());

/// Throws Stopped where the one who is asked wants that. Takes nanoseconds. Called before each piece of parallel_for(),
/// and in loops within pieces whose length follows from a setting.
void go_on_or_stop();

}  // namespace settle

// The program's command line: all commands, and what is said about words that are none.
#pragma once

namespace settle {

/// Whether the command that a line names is run, or the line is only read.
enum class Line { run, read };

/// Reads the words of a command line, argv[0] being the program's name, runs the command unless told not to, and
/// returns the exit status. InputError for words that mean nothing.
int run_command_line(int argc, char** argv, Line line = Line::run);

}  // namespace settle

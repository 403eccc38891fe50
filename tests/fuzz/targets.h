// What may be in files, command lines and calls that a user gives: functions that take any bytes for one of them, for
// fuzzing (scripts/fuzz) and for the corpora that are replayed in every test run.
#pragma once

#include <string>
#include <vector>

namespace settle {

/// Takes the bytes, which are refused by an InputError of one line or accepted. Throws what is neither: a refusal that
/// is no line or does not name the file, or whatever else comes out of the program.
struct FuzzTarget {
  const char* name;  // of its corpus
  void (*take)(const std::string& bytes);
};

void fuzz_configuration(const std::string& bytes);  // a configuration, and --set options in the lines after a line %%
void fuzz_sweep(const std::string& bytes);          // a sweep file, and its base after a line %%
void fuzz_idx(const std::string& bytes);            // first byte odd: labels; even: images
void fuzz_tables(const std::string& bytes);         // the first byte chooses among CSV files and a device file
void fuzz_checkpoint(const std::string& bytes);     // checkpoint.h5
bool loads_checkpoint(const std::string& bytes);    // whether they are one that the chip of that target takes
void fuzz_command_line(const std::string& bytes);   // a word a line
void fuzz_report(const std::string& bytes);         // the first byte chooses a file of a run, which the rest replaces
void fuzz_calls(const std::string& bytes);          // which functions of the models are called, and with what

inline const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> targets = {{"configuration", fuzz_configuration},
                                                  {"sweep", fuzz_sweep},
                                                  {"idx", fuzz_idx},
                                                  {"tables", fuzz_tables},
                                                  {"checkpoint", fuzz_checkpoint},
                                                  {"command_line", fuzz_command_line},
                                                  {"report", fuzz_report},
                                                  {"calls", fuzz_calls}};
  return targets;
}

}  // namespace settle

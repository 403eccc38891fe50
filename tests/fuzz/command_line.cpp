#include "src/commands/command_line.h"

#include <sstream>
#include <vector>

#include "src/data/input_file.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace settle {

void fuzz_command_line(const std::string& bytes) {
  constexpr std::size_t most_words = 64;
  std::vector<std::string> words = {"settle"};
  std::istringstream lines(bytes);
  for (std::string line; words.size() < most_words && std::getline(lines, line);)
    words.push_back(line.substr(0, line.find('\0')));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  accepts("", [&] {
    try {
      run_command_line(int(words.size()), argv.data(), Line::read);
    } catch (const InputError& error) {
      refuse(error.what());  // as main() prints it
    }
  });
}

}  // namespace settle

// What the program's help says is what it takes.
#include <sstream>

#include <gtest/gtest.h>

#include "src/commands/commands.h"

namespace settle::command_line_test {
namespace {

class CommandLine : public testing::Test {
 protected:
  CommandLine() : app_(command_line(status_)) {
    // An option that no example has: so words are read, and nothing runs.
    for (const std::string& name : command_names(*app_)) app_->get_subcommand(name)->add_option("--never")->required();
  }

  /// The first complaint about words after "settle".
  std::string mistake_in(const std::string& words) {
    app_->clear();
    try {
      app_->parse(words, /*program_name_included=*/false);
    } catch (const CLI::ParseError& error) {
      return error.what();
    }
    return "";
  }

  ExitStatus status_ = 0;
  std::unique_ptr<CLI::App> app_;
};

// The command lines of a help's examples: two spaces, and "settle" first.
std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> examples;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("  settle ", 0) == 0) examples.push_back(line.substr(2, line.find(" && ") - 2));
  return examples;
}

TEST_F(CommandLine, EveryCommandHasAnExampleThatItTakes) {
  for (const std::string& name : command_names(*app_)) {
    const std::string help = app_->get_subcommand(name)->help("settle");
    EXPECT_NE(help.find("\nExample"), std::string::npos) << name;
    for (const std::string& example : examples_in(help)) {
      const std::string words = example.substr(example.find(' ') + 1, example.find(" > ") - example.find(' ') - 1);
      EXPECT_EQ(words.substr(0, words.find(' ')), name) << example;
      EXPECT_EQ(mistake_in(words), "--never is required") << example;
    }
  }
}

// What happens without an option is said where its help is read.
TEST_F(CommandLine, EveryOptionSaysWhatHappensWithoutIt) {
  const char* said[] = {"default", "needed", "without it", "short for", "may be repeated", "such as"};
  for (const std::string& name : command_names(*app_)) {
    for (const CLI::Option* option : app_->get_subcommand(name)->get_options()) {
      if (option->get_required() || option->get_items_expected_max() == 0) continue;
      const std::string text = option->get_description();
      const bool says = std::any_of(std::begin(said), std::end(said),
                                    [&](const char* words) { return text.find(words) != std::string::npos; });
      EXPECT_TRUE(says) << "settle " << name << " " << option->get_name() << ": " << text;
    }
  }
}

}  // namespace
}  // namespace settle::command_line_test

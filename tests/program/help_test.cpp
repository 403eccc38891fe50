// What a newcomer types first: help, manual pages, sections of the configuration, and the Tab key.
#include <filesystem>
#include <sstream>

#include "tests/program/run_test.h"

namespace settle::help_test {
namespace {

class Help : public RunTest {
 protected:
  /// What bash offers for a line whose last word is not finished, "=" being a word of its own there.
  std::string offered(const std::string& line) const {
    const std::string program = std::filesystem::path(SETTLE_PROGRAM).parent_path().string();
    const std::string script = "source <(settle completion bash); read -ra COMP_WORDS <<< '" + line + "'; [[ '" + line +
                               "' == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                               "compopt() { :; }; _settle; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const Finished bash = Process({"/bin/bash", "-c", script}, path(""), {"PATH=" + program + ":/usr/bin:/bin"}).wait();
    EXPECT_EQ(bash.status, 0) << bash.err;
    return bash.out;
  }
};

TEST_F(Help, IsTheSameByWordAndByOption) {
  for (const char* command : {"train", "sweep", "config"})
    EXPECT_EQ(settle({"help", command}).out, settle({command, "--help"}).out);
  EXPECT_EQ(settle({"help"}).out, settle({"--help"}).out);
  EXPECT_EQ(settle({"help", "trian"}).status, 2);
  EXPECT_NE(settle({"help", "trian"}).err.find("did you mean `train`?"), std::string::npos);
}

TEST_F(Help, ShowsASectionOrAKeyOfTheConfiguration) {
  const std::string all = settle({"config"}).out, neuron = settle({"config", "neuron"}).out;
  EXPECT_EQ(neuron.rfind("[neuron]\n", 0), 0u) << neuron;
  EXPECT_NE(all.find("\n" + neuron), std::string::npos) << neuron;
  EXPECT_EQ(neuron.find("\n["), std::string::npos) << "one section alone";
  const std::string key = settle({"config", "neuron.tau_s"}).out;
  EXPECT_EQ(key, settle({"config", "tau_s"}).out);
  EXPECT_NE(key.find("[neuron]\n# Time constant"), std::string::npos) << key;
  EXPECT_EQ(std::count(key.begin(), key.end(), '\n'), 4) << key;
  const Finished wrong = settle({"config", "nueron"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.err.find("did you mean `neuron`?"), std::string::npos) << wrong.err;
}

TEST_F(Help, WritesManualPagesThatRoffTakes) {
  ASSERT_EQ(settle({"help", "--man", "man"}).status, 0);
  int pages = 0;
  for (const auto& page : std::filesystem::directory_iterator(path("man"))) {
    const Finished groff =
        Process({"/usr/bin/groff", "-man", "-ww", "-Tutf8", page.path().string()}, path(""), {}).wait();
    EXPECT_EQ(groff.status, 0) << page.path();
    EXPECT_EQ(groff.err, "") << page.path();
    EXPECT_GT(groff.out.size(), 300u) << page.path();
    ++pages;
  }
  EXPECT_GE(pages, 16);
  const std::string train = read("man/settle-train.1");
  EXPECT_NE(train.find("\\-\\-resume RUN"), std::string::npos) << train;
  EXPECT_NE(read("man/settle.toml.5").find("tau_s = "), std::string::npos);
}

TEST_F(Help, TheTabKeyCompletesWhatTheProgramTakes) {
  EXPECT_EQ(offered("settle tr"), "train\ntrace\n");
  EXPECT_EQ(offered("settle train --se"), "--set\n--seed\n");
  EXPECT_EQ(offered("settle train --set network.hid"), "network.hidden=\n");
  EXPECT_EQ(offered("settle train --set learning.update = h"), "host\n");
  EXPECT_EQ(offered("settle train --set learning.update ="), "ideal\nhost\nin-situ\n");
  EXPECT_EQ(offered("settle trace x.toml --format "), "vcd\nfst\n");
  EXPECT_EQ(offered("settle presets ecram"), "ecram\necram-mo\n");
  EXPECT_EQ(offered("settle config neuron.tau"), "neuron.tau_s\nneuron.tau_mismatch\n");
  EXPECT_EQ(offered("settle train tiny"), "\n") << "files are the shell's";
  EXPECT_NE(offered("settle ").find("completion\n"), std::string::npos);
}

TEST_F(Help, EveryShellHasItsScript) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Finished script = settle({"completion", shell});
    EXPECT_EQ(script.status, 0) << script.err;
    EXPECT_NE(script.out.find("settle complete -- "), std::string::npos) << script.out;
  }
  EXPECT_EQ(settle({"completion", "csh"}).status, 2);
}

}  // namespace
}  // namespace settle::help_test

// Configuration files that cannot be used: the line that is wrong is named.
#include "tests/program/refusal.h"

namespace settle::configuration_file_refusal_test {
namespace {

struct File {
  const char* name;
  std::string text;
  std::vector<const char*> mentions;
};
std::ostream& operator<<(std::ostream& out, const File& f) { return out << f.name; }

const File files[] = {
    {"syntax_error", "[run]\nepochs = \n", {"bad.toml:2: ", "expected value"}},
    {"cut_off", "[run]\nepochs = 3\n[netw", {"bad.toml:3: "}},
    {"not_text", "[run]\n\xff\xfe\n", {"bad.toml:2: column 1: ", "UTF-8"}},
    {"text_outside_of_quotes", "[run]\nseed = \xc2\xb5\n", {"bad.toml:2: column 8: ", "quotes"}},
    {"brackets_without_end", "a = " + std::string(100000, '['), {"bad.toml:1: column 37: ", "nested deeper"}},
    {"unknown_key", "[network]\n\nbetta = 1\n", {"bad.toml:3: ", "network.betta", "did you mean `network.beta`"}},
    {"unknown_section", "[run]\n[netwrk]\nbeta = 1\n", {"bad.toml:", "[netwrk]", "did you mean [network]"}},
    {"sweep", "base = 'tiny.toml'\n[grid]\nnetwork.beta = [0.1]\n", {"bad.toml: is a sweep", "settle sweep bad.toml"}},
    {"key_without_section", "epochs = 3\n", {"bad.toml:1: ", "did you mean `run.epochs`"}},
    {"wrong_type", "[network]\nbeta = \"a\"\n", {"bad.toml:2: ", "network.beta", "a number from 1e-09"}},
    {"out_of_range", "[run]\nseed = 1\nepochs = 0\n", {"bad.toml:3: ", "run.epochs", "from 1 to 100000"}},
    {"twice", "[run]\nseed = 1\nseed = 2\n", {"bad.toml:3: ", "seed"}},
};

class ConfigurationFile : public RefusalTest, public testing::WithParamInterface<File> {};

TEST_P(ConfigurationFile, IsRefusedInOneLine) {
  write("bad.toml", GetParam().text);
  expect_refused({GetParam().name, {"train", "bad.toml", "--out", "out"}, GetParam().mentions});
  expect_refused({GetParam().name, {"check", "bad.toml"}, GetParam().mentions});
}

INSTANTIATE_TEST_SUITE_P(Refusal, ConfigurationFile, testing::ValuesIn(files), named);

TEST_F(RefusalTest, MissingConfiguration) {
  expect_refused({"", {"train", "nowhere.toml", "--out", "out"}, {"nowhere.toml", "no such file"}});
}

TEST_F(RefusalTest, FolderAsConfiguration) {
  expect_refused({"", {"train", "data", "--out", "out"}, {"data: ", "is a folder, not a configuration"}});
}

}  // namespace
}  // namespace settle::configuration_file_refusal_test

// Texts that the TOML library must not see.
#include "src/config/toml_text.h"

#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "src/config/toml_file.h"
#include "tests/src/temporary_folder.h"

namespace settle::toml_text_test {
namespace {

std::string fault_of(const std::string& text) {
  const auto fault = find_fault(text);
  return fault ? std::to_string(fault->line) + ":" + std::to_string(fault->column) + ": " + fault->what : "";
}

TEST(TomlText, TakesWhatIsToml) {
  for (const char* text :
       {"",
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): so that the a is no digit
        "\xef\xbb\xbf"
        "a = 1\n",
        "a = 1\r\nb = 2\r\n", "a = \"\xc2\xb5S \\\" \xe2\x82\xac # [[[\" # \xc2\xb5\n", "a = '\xc2\xb5 \\'\nb = 1",
        "a = \"\"\"\n\xc2\xb5 \"\" \"\n\"\"\"\"\"\nb = 2\n", "a = '''\n'\xc2\xb5'\n'''",
        "\"\xc2\xb5\" = 1\n[\"\xc3\xbc\".b]\n", "a = [[1, 2], [\"x\", 'y']]\n[[b]]\nc = { d = 'e', f = [1] }\n",
        "a = \"\"\"\\\n   next\"\"\"\n", "a.\"b\".'c' = 1.5\n", "a = \"\xf0\x9f\x98\x80\"\t\n"})
    EXPECT_EQ(fault_of(text), "") << text;
}

TEST(TomlText, SaysWhereAndWhat) {
  const struct {
    std::string text, place, what;
  } faults[] = {
      {"a = 1\nb = \"\xff\"", "2:6", "0xff, which is no UTF-8"},
      {"a = \"\xc0\xaf\"", "1:6", "0xc0, which is no UTF-8"},          // a longer form than need be
      {"a = \"\xed\xa0\x80\"", "1:6", "0xed, which is no UTF-8"},      // half of a pair of UTF-16
      {"a = \"\xf4\x90\x80\x80\"", "1:6", "0xf4, which is no UTF-8"},  // beyond Unicode
      {"a = \"\xe2\x82\"", "1:6", "0xe2, which is no UTF-8"},
      {"# \xc2", "1:3", "0xc2, which is no UTF-8"},
      {std::string("a = 1\0", 6), "1:6", "control character 0x00"},
      {"a = \"\x1b[2J\"", "1:6", "control character 0x1b"},
      {"a = 1\rb = 2", "1:6", "control character 0x0d"},
      {"\xc2\xb5 = 1", "1:1", "beyond ASCII outside of quotes"},
      {"a = 5 \xc2\xb5S", "1:7", "beyond ASCII outside of quotes"},
      {"a = \"\xc2\xb5\xc2\xb5\" \xc2\xb5", "1:10", "beyond ASCII outside of quotes"},
      {"a = 12'\xc2\xb5'", "1:7", "quote within a word"},
      {"a = \"b\nc = \"\xc2\xb5\"", "1:5", "never closed"},
      {"a = '''b\nc", "1:5", "never closed"},
      {"a = \"\\\xc2\xb5\"", "1:7", "follows a backslash"},
      {"a = \"\"\"\\\n  \xc2\xb5\"\"\"", "2:3", "follows a backslash"},
      {"a = " + std::string(40, '['), "1:37", "nested deeper than 32"},
      {"a = " + std::string(500000, '{'), "1:37", "nested deeper than 32"},
      {std::string(100, 'a') + ".a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1", "1:163",
       "more than 32 parts"},
      {std::string(most_toml_bytes + 1, '\n'), "1:1", "is longer than"},
  };
  for (const auto& f : faults) {
    const std::string fault = fault_of(f.text);
    EXPECT_EQ(fault.rfind(f.place + ": ", 0), 0u) << fault << "\nfor " << f.text.substr(0, 80);
    EXPECT_NE(fault.find(f.what), fault.npos) << fault;
  }
}

TEST(TomlText, IsCheckedBeforeTheLibraryIsCalled) {
  EXPECT_EQ(
      message_of<InputError>([] { parse_toml("a = 1\n\xcc\x83 = 2\n", "some.toml"); }),
      "some.toml:2: column 1: a character beyond ASCII outside of quotes: keys and texts that have one go in quotes");
}

// A file without an end takes no more memory than the longest that there can be.
TEST(TomlText, OfAFileWithoutAnEndIsRefused) {
  EXPECT_NE(message_of<InputError>([] { read_text("/dev/zero"); }).find("/dev/zero: is longer than"),
            std::string::npos);
}

}  // namespace
}  // namespace settle::toml_text_test

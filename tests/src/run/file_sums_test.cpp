// The sums of a run's files.
#include "src/run/file_sums.h"

#include "settle/models/error.h"
#include "src/run/run_folder.h"
#include "tests/src/temporary_folder.h"

namespace settle::file_sums_test {
namespace {

TEST(FileSums, AreThoseThatSha256sumWrites) {
  const TemporaryFolder folder;
  folder.write("a.csv", "abc");
  write_file_sums(folder.path(), {"a.csv"});
  EXPECT_EQ(read_file(folder.path() + "/files.sha256"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.csv\n");  // FIPS 180-2, appendix B.1
}

TEST(FileSums, TellAChangedFile) {
  const TemporaryFolder folder;
  folder.write("config.toml", "a = 1\n");
  folder.write("b.csv", "b\n1\n");
  EXPECT_EQ(edited_note(folder.path()), "") << "nothing is known without sums";
  write_file_sums(folder.path(), {"config.toml", "b.csv"});
  const FileSums sums(folder.path());
  EXPECT_TRUE(sums.fit("b.csv", "b\n1\n"));
  EXPECT_TRUE(sums.fit("another.csv", "x"));
  EXPECT_FALSE(sums.fit("b.csv", "b\n2\n"));
  EXPECT_EQ(message_of<InputError>([&] { sums.expect("b.csv", "b\n2\n"); }),
            folder.path() +
                "/b.csv: is damaged or was changed: its checksum in files.sha256 is another; copy it again, or "
                "train again");
  EXPECT_EQ(edited_note(folder.path()), "");
  folder.write("config.toml", "a = 2\n");
  EXPECT_NE(edited_note(folder.path()).find("config.toml: is not as the run has left it"), std::string::npos);
}

TEST(FileSums, AreRefusedWhenDamaged) {
  const TemporaryFolder folder;
  for (const char* text : {"x", "ba7816bf  a.csv\n", "\n"}) {
    folder.write("files.sha256", text);
    EXPECT_NE(message_of<InputError>([&] { FileSums{folder.path()}; }).find("files.sha256: is damaged"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace settle::file_sums_test

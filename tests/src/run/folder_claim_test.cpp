#include "src/run/folder_claim.h"

#include <gtest/gtest.h>

#include "tests/src/temporary_folder.h"

namespace settle::folder_claim_test {
namespace {

namespace fs = std::filesystem;

TEST(FolderClaim, HoldsAFolderAsLongAsItLives) {
  const TemporaryFolder folder;
  {
    const FolderClaim claim(folder.path(), "train");
    EXPECT_THROW(FolderClaim(folder.path(), "train"), FolderTaken);
    EXPECT_NO_THROW(FolderClaim(folder.path(), "trace"));
    EXPECT_THROW(FolderClaim(folder.path(), "train"), FolderTaken);
  }
  EXPECT_NO_THROW(FolderClaim(folder.path(), "train"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(FolderClaim, TakesAwayWhatItMadeWhenNothingWasWritten) {
  const TemporaryFolder folder;
  const fs::path inner = fs::path(folder.path()) / "a" / "b";
  { const FolderClaim claim(inner, "train"); }
  EXPECT_TRUE(fs::is_empty(folder.path()));
  {
    const FolderClaim claim(inner, "train");
    folder.write("a/b/file", "precious");
  }
  EXPECT_TRUE(fs::exists(inner / "file"));
  fs::remove(inner / "file");
  { const FolderClaim claim(inner, "train"); }
  EXPECT_TRUE(fs::exists(inner)) << "it was there before";
}

// A process that was killed leaves its file, but not its claim.
TEST(FolderClaim, AFileThatWasLeftHoldsNobodyBack) {
  const TemporaryFolder folder;
  folder.write(".train.lock", "");
  EXPECT_NO_THROW(FolderClaim(folder.path(), "train"));
}

}  // namespace
}  // namespace settle::folder_claim_test

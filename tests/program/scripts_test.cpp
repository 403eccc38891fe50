// scripts/run and scripts/test with tools that only write down how they are called: what is built, and what is said
// first.
#include <filesystem>

#include "tests/program/run_test.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

class Scripts : public RunTest {
 protected:
  Scripts() {
    fs::copy(SETTLE_SOURCE "/scripts", path("scripts"));
    fs::create_directory(path("tools"));
    tool("dpkg-query", "echo 'install ok installed'");
    tool("nproc", "echo 2");
    tool("ctest", "echo ctest \"$@\"");
    tool(
        "cmake",
        "echo cmake \"$@\"; mkdir -p build/release/bin; touch build/release/build.ninja\n"
        "printf '#!/bin/sh\\necho settle \"$@\"\\n' > build/release/bin/settle; chmod +x build/release/bin/settle\n"
        "case \"$*\" in *--preset*--target*) ;; *--build*) cp build/release/bin/settle build/release/bin/test_settle;; "
        "esac");
  }

  void tool(const std::string& name, const std::string& body) const {
    write("tools/" + name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(path("tools/" + name), fs::perms::owner_all);
  }
  std::string run(const std::string& script) const {
    Process process({"/bin/sh", path("scripts/" + script)}, path(""), {"PATH=" + path("tools") + ":/usr/bin:/bin"});
    const Finished finished = process.wait();
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }
};

TEST_F(Scripts, RunBuildsTheProgramAlone) {
  EXPECT_EQ(run("run"),
            "building settle: about 3 minutes on 2 cores\n"
            "cmake --preset release\n"
            "cmake --build --preset release --target settle\n"
            "settle train configs/default.toml\n");
  EXPECT_EQ(run("run"),
            "cmake --build --preset release --target settle\n"
            "settle train configs/default.toml\n")
      << "nothing is built again";
}

TEST_F(Scripts, TestBuildsTheRest) {
  run("run");
  EXPECT_EQ(run("test"),
            "building everything: about 5 minutes on 2 cores\n"
            "cmake --build --preset release\n"
            "ctest --preset release -j 2\n");
}

TEST_F(Scripts, TestBuildsEverything) {
  EXPECT_EQ(run("test"),
            "building everything: about 8 minutes on 2 cores\n"
            "cmake --preset release\n"
            "cmake --build --preset release\n"
            "ctest --preset release -j 2\n");
}

}  // namespace
}  // namespace settle

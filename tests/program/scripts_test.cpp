// scripts/run, scripts/test and scripts/setup with tools that only write down how they are called: which packages are
// wanted, what is built, and what is said meanwhile.
#include <filesystem>

#include "tests/program/run_test.h"

namespace settle::scripts_test {
namespace {

namespace fs = std::filesystem;

class Scripts : public RunTest {
 protected:
  Scripts() {
    fs::copy(SETTLE_SOURCE "/scripts", path("scripts"));
    fs::create_directory(path("tools"));
    tool("dpkg-query", "echo \"$@\" >> asked; echo 'install ok installed'");
    tool("nproc", "echo 2");
    tool("ctest", "echo ctest \"$@\"");
    tool(
        "cmake",
        "echo cmake \"$@\"; mkdir -p build/release/bin; touch build/release/build.ninja\n"
        "printf '#!/bin/sh\\necho settle \"$@\"\\n' > build/release/bin/settle; chmod +x build/release/bin/settle\n"
        "case \"$*\" in *BUILD_TESTING=*) echo \"BUILD_TESTING:BOOL=${*##*=}\" > build/release/CMakeCache.txt;; esac\n"
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
            "packages: looking for missing ones (program)\n"
            "building settle: about 3 minutes on 2 cores\n"
            "cmake --preset release -D BUILD_TESTING=OFF\n"
            "cmake --build --preset release --target settle\n"
            "training a chip on Fashion-MNIST: settle train configs/default.toml\n"
            "settle train configs/default.toml\n");
  EXPECT_EQ(run("run"),
            "packages: looking for missing ones (program)\n"
            "building: what has changed of settle\n"
            "cmake --build --preset release --target settle\n"
            "training a chip on Fashion-MNIST: settle train configs/default.toml\n"
            "settle train configs/default.toml\n")
      << "nothing is built again";
}

TEST_F(Scripts, TestBuildsTheRest) {
  run("run");
  EXPECT_EQ(run("test"),
            "packages: looking for missing ones (program tests)\n"
            "building everything: about 3 minutes on 2 cores\n"
            "cmake --preset release -D BUILD_TESTING=ON\n"
            "cmake --build --preset release\n"
            "ctest --preset release -j 2\n");
  EXPECT_EQ(run("run"),
            "packages: looking for missing ones (program)\n"
            "building: what has changed of settle\n"
            "cmake --build --preset release --target settle\n"
            "training a chip on Fashion-MNIST: settle train configs/default.toml\n"
            "settle train configs/default.toml\n")
      << "the tests stay";
}

TEST_F(Scripts, TestBuildsEverything) {
  EXPECT_EQ(run("test"),
            "packages: looking for missing ones (program tests)\n"
            "building everything: about 6 minutes on 2 cores\n"
            "cmake --preset release -D BUILD_TESTING=ON\n"
            "cmake --build --preset release\n"
            "ctest --preset release -j 2\n");
}

// Everything that would be installed where nothing is.
TEST_F(Scripts, PackagesAreThoseOfWhatIsBuilt) {
  const auto asked = [this](const std::string& script) {
    fs::remove(path("asked"));
    run(script);
    return read("asked");
  };
  const auto has = [](const std::string& list, const std::string& package) {
    return list.find(" " + package + "\n") != std::string::npos;
  };
  const std::string program = asked("run"), tests = asked("test"), all = asked("setup");
  for (const char* package : {"build-essential", "libsystemc-dev", "libhdf5-dev", "dataset-fashion-mnist"}) {
    EXPECT_TRUE(has(program, package)) << package;
    EXPECT_TRUE(has(tests, package)) << package;
    EXPECT_TRUE(has(all, package)) << package;
  }
  for (const char* package : {"libgtest-dev", "ngspice", "chromium"}) {
    EXPECT_FALSE(has(program, package)) << package;
    EXPECT_TRUE(has(tests, package)) << package;
    EXPECT_TRUE(has(all, package)) << package;
  }
  for (const char* package : {"clang-14", "cppcheck", "gnuplot-nox"}) {
    EXPECT_FALSE(has(program, package)) << package;
    EXPECT_FALSE(has(tests, package)) << package;
    EXPECT_TRUE(has(all, package)) << package;
  }
}

}  // namespace
}  // namespace settle::scripts_test

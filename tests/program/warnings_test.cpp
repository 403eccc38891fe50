// What a run warns of: at its end, in summary.json and in its report, by the same words.
#include "tests/program/run_test.h"

namespace settle::warnings_test {
namespace {

struct Trouble {
  const char* name;
  std::vector<std::string> settings;
  const char* what;                   // the warning
  std::vector<const char*> remedies;  // keys that it names
};

class Warnings : public RunTest, public testing::WithParamInterface<Trouble> {
 protected:
  Finished run(std::vector<std::string> settings) const {
    settings.insert(settings.end(), {"run.epochs=1", "data.train_limit=100", "data.test_limit=60"});
    return train("run", settings);
  }

  /// The warning of that name; null where there is none.
  nlohmann::json found(const std::string& what) const {
    const nlohmann::json all = summary("run")["warnings"];
    for (const auto& warning : all)
      if (warning["what"] == what) return warning;
    return {};
  }
};

TEST_P(Warnings, SayWhatToDo) {
  const Finished ended = run(GetParam().settings);
  const std::string what = GetParam().what, report = read("run/report.html");
  const nlohmann::json warning = found(what);
  ASSERT_TRUE(warning.is_object()) << summary("run")["warnings"].dump(1);
  EXPECT_GT(warning["value"], warning["limit"]);
  EXPECT_NE(ended.out.find("warning: " + what), std::string::npos) << ended.out;
  EXPECT_NE(report.find("<b>" + what + "</b>"), std::string::npos);
  for (const char* key : GetParam().remedies) {
    EXPECT_NE(warning["remedy"].get<std::string>().find(key), std::string::npos) << warning["remedy"];
    EXPECT_NE(ended.out.find(key), std::string::npos) << ended.out;
    EXPECT_NE(report.find(key), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, Warnings,
    testing::Values(
        Trouble{"clipped_differences", {"amplifier.headroom=1"}, "clipped differences", {"raise amplifier.headroom"}},
        Trouble{"clipped_logits",
                {"converter.logit_full_scale=0.01"},
                "clipped logits",
                {"raise converter.logit_full_scale"}},
        Trouble{"full_counters",
                {"programming.most_pulses=1", "learning.learning_rate=0.05"},
                "full pulse counters",
                {"raise programming.most_pulses", "lower learning.learning_rate"}},
        Trouble{"trains",
                {"learning.update=in-situ", "run.batch=1", "learning.learning_rate=10"},
                "saturated pulse trains",
                {"lower learning.learning_rate"}},
        Trouble{"bounds", {"learning.learning_rate=1"}, "devices at a bound", {"raise device.weight_range"}},
        Trouble{"worn", {"device.endurance=30"}, "worn-out devices", {"raise device.endurance"}},
        Trouble{"cycles",
                {"network.beta=20", "settling.analysis=map"},
                "phases in a cycle of two states",
                {"lower network.beta"}}),
    named);

TEST_F(Warnings, HaveNoBlankWhereThereIsNoUnit) {
  const Finished ended = run({});
  const char* what = "arrays read from both sides at once";
  ASSERT_TRUE(found(what)["unit"].is_null()) << "no warning without a unit";
  EXPECT_NE(ended.out.find(std::string(what) + " (arrays): 1, limit 0 ("), std::string::npos) << ended.out;
  const std::string report = read("run/report.html");
  EXPECT_NE(report.find(std::string(what) + "</b> (arrays): 1, limit 0 ("), std::string::npos);
  EXPECT_EQ(report.find("1 </td>"), std::string::npos) << "a design rule with a blank after its value";
}

TEST_F(Warnings, AreFewOfAnOrdinaryRun) {
  run({});
  for (const char* what : {"clipped logits", "clipped states", "full pulse counters", "devices at a bound",
                           "worn-out devices", "phases that did not settle"})
    EXPECT_TRUE(found(what).is_null()) << found(what).dump();
}

}  // namespace
}  // namespace settle::warnings_test

// A user's own device: the example of the documentation trains, and mistakes in a file are named.
#include <algorithm>

#include "tests/program/run_test.h"

namespace settle {
namespace {

class DeviceTable : public RunTest {};

TEST_F(DeviceTable, TheExampleTrains) {
  const std::string example = std::string(SETTLE_SOURCE) + "/docs/my-device.csv";
  train("measured", {"device.preset=reram-sb", "device.table=" + example});
  EXPECT_GT(summary("measured")["pulses_total"].get<double>(), 0);
}

TEST_F(DeviceTable, ColumnsOfBeforeMeanTheSame) {
  std::string table = bytes_of(std::string(SETTLE_SOURCE) + "/docs/my-device.csv");
  const std::string header = "polarity,state_siemens,mean_siemens,deviation_siemens";
  ASSERT_EQ(table.substr(0, header.size()), header);
  write("new.csv", table);
  write("old.csv", table.replace(0, header.size(), "polarity,state_s,mean_s,deviation_s"));
  for (const std::string name : {"new", "old"})
    train(name, {"device.preset=reram-sb", "device.table=" + name + ".csv"});
  EXPECT_EQ(summary("new")["pulses_total"], summary("old")["pulses_total"]);
  EXPECT_EQ(summary("new")["train_accuracy"], summary("old")["train_accuracy"]);
}

TEST_F(DeviceTable, MistakesAreNamed) {
  const std::pair<const char*, const char*> files[] = {
      {"polarity,state_siemens,mean_siemens,deviation_siemens\nup,1e-6,1e-8,0\nup,2e-6,1e-8,0\ndown,1e-6,1e-8,0\n",
       "polarity down"},
      {"polarity,state_siemens,mean_siemens,deviation_siemens\nup,1e-6,1e-8,0\nsideways,2e-6,1e-8,0\n", "sideways"},
      {"polarity,state_siemens,mean_siemens,deviation_siemens\nup,2e-6,1e-8,0\nup,1e-6,1e-8,0\ndown,1e-6,1e-8,0\ndown,"
       "2e-6,1e-8,0\n",
       "rise"},
      {"polarity,state_siemens,mean_siemens,deviation_siemens\nup,1e-6,x,0\n", "mean_siemens"},
      {"polarity,state_siemens,mean_siemens\nup,1e-6,1e-8\n", "deviation_siemens"},
  };
  for (const auto& [text, named] : files) {
    write("device.csv", text);
    const Finished run = settle({"check", "tiny.toml", "--set", "device.table=device.csv"});
    EXPECT_EQ(run.status, 2) << text;
    EXPECT_NE(run.err.find("device.csv"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find(named), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
}

}  // namespace
}  // namespace settle

// A user's own device: the example of the documentation trains, and mistakes in a file are named.
#include <algorithm>

#include "tests/program/run_test.h"

namespace settle::device_table_test {
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

// The example as a spreadsheet or an instrument would have written it: the same device each time.
TEST_F(DeviceTable, IsReadAsPeopleHaveIt) {
  const std::string plain = bytes_of(std::string(SETTLE_SOURCE) + "/docs/my-device.csv");
  const std::string header = "polarity,state_siemens,mean_siemens,deviation_siemens";
  const std::string rows = plain.substr(header.size());
  const auto replaced = [](std::string text, char from, const std::string& to) {
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
      text.replace(at, 1, to);
    return text;
  };
  const std::string caps = "POLARITY, State_Siemens ,MEAN_SIEMENS,Deviation_Siemens";
  const std::pair<const char*, std::string> files[] = {
      {"bom.csv", "\xef\xbb\xbf" + plain},
      {"semicolons.csv", replaced(plain, ',', ";")},
      {"decimal-commas.csv", replaced(replaced(plain, ',', ";"), '.', ",")},
      {"tabs.csv", replaced(plain, ',', "\t")},
      {"blanks.csv", replaced(plain, ',', "  ")},
      {"blanks-around.csv", replaced(plain, ',', " , ")},
      {"caps.csv", caps + rows},
      {"crlf.csv", replaced(plain, '\n', "\r\n")},
      {"cr.csv", replaced(plain, '\n', "\r")},
      {"comments.csv", "# measured in May\n" + plain},
      {"other-names.csv", "direction,conductance (S),dG,std" + rows},
  };
  train("plain", {"device.preset=reram-sb", "device.table=" SETTLE_SOURCE "/docs/my-device.csv", "run.epochs=1"});
  for (const auto& [name, text] : files) {
    write(name, text);
    train(name + std::string(".run"), {"device.preset=reram-sb", "device.table=" + std::string(name), "run.epochs=1"});
    EXPECT_EQ(read(name + std::string(".run/costs.csv")), read("plain/costs.csv")) << name;
  }
}

TEST_F(DeviceTable, MicrosiemensAreConverted) {
  const std::string rows[] = {"up,1,0.06,0.025\nup,25,0.0125,0.025\ndown,1,0.02,0.025\ndown,25,0.07,0.025\n",
                              "up,1e-6,6e-8,2.5e-8\nup,25e-6,1.25e-8,2.5e-8\ndown,1e-6,2e-8,2.5e-8\n"
                              "down,25e-6,7e-8,2.5e-8\n"};
  write("us.csv", "polarity,state_us,mean_us,deviation_us\n" + rows[0]);
  write("of-state.csv", "polarity,G (\xc2\xb5S),mean,deviation\n" + rows[0]);
  write("s.csv", "polarity,state_s,mean_s,deviation_s\n" + rows[1]);
  for (const std::string name : {"us", "of-state", "s"})
    train(name, {"device.preset=reram-sb", "device.table=" + name + ".csv", "run.epochs=1"});
  const double expected = summary("s")["energy_joule"]["per_training_sample"]["nominal"];
  for (const std::string name : {"us", "of-state"})
    EXPECT_NEAR(summary(name)["energy_joule"]["per_training_sample"]["nominal"].get<double>() / expected, 1, 1e-3);
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
      {"polarity,state_siemens,mean_siemens\nup,1e-6,1e-8\n",
       "no column deviation_siemens; expected a header such as polarity,state_siemens,"},
      {"polarity,state_siemens,mean_siemens,deviation_siemens\nup,1,0.06,0.02\nup,25,0.01,0.02\n", "state_us"},
      {"\xff\xfep", "UTF-16"},
      {"p", "no column polarity"},
  };
  for (const auto& [text, mentioned] : files) {
    write("device.csv", text);
    const Finished run = settle({"check", "tiny.toml", "--set", "device.table=device.csv"});
    EXPECT_EQ(run.status, 2) << text;
    EXPECT_NE(run.err.find("device.csv"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find(mentioned), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
}

}  // namespace
}  // namespace settle::device_table_test

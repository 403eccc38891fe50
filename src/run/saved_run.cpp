#include "src/run/saved_run.h"

#include <tuple>

#include "settle/models/error.h"
#include "src/config/parse.h"
#include "src/config/write.h"
#include "src/run/checkpoint.h"
#include "src/run/checkpoint_file.h"
#include "src/run/file_sums.h"
#include "src/run/hdf5_file.h"

namespace settle {
namespace {

bool same_samples(const DataSpec& a, const DataSpec& b) {
  const auto all = [](const DataSpec& d) {
    return std::tie(d.name, d.path, d.train_limit, d.test_limit, d.downsample);
  };
  return all(a) == all(b);
}

}  // namespace

std::vector<std::string> check_saved_run(const RunFolder& folder, const Configuration& used, const Dataset& data) {
  const std::string config = folder.file("config.toml").string(), checkpoint = folder.file("checkpoint.h5").string();
  const Configuration stated = with_absolute_paths(read_configuration(config, {}));
  const Hdf5File saved = Hdf5File::open(checkpoint, read_checkpoint_file(checkpoint).image);
  const RunIdentity now(stated, data);
  if (same_samples(stated.data, with_absolute_paths(used).data) && saved.get_text("/", "data_sha256") != now.data_sum)
    throw InputError(data.where +
                     ": are not the samples that the run was trained and tested on: mend them, or name others by --set "
                     "data.path=FOLDER");
  if (saved.get_text("/", "settings_sha256") != now.settings_sum)
    return {config +
            ": its settings are not those that the run was trained with: this is a result of what they are now"};
  const std::string edited = edited_note(folder.path());
  return edited.empty() ? std::vector<std::string>() : std::vector<std::string>{edited};
}

}  // namespace settle

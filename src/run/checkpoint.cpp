#include "src/run/checkpoint.h"

#include "models/error.h"
#include "src/run/hdf5_file.h"

namespace settle {
namespace {

std::string group_of(const Graph& graph, std::size_t k) { return "/projections/" + graph.name(graph.projections[k]); }

void save_states(Hdf5File& file, const std::string& group, const hw::Crossbar& array) {
  file.write(group + "/state", array.model().devices().state());
  file.set(group, "weight_scale", double(array.model().weight_scale()));
  if (array.model().subtracted() != nullptr) file.write(group + "/subtracted", array.model().subtracted()->state());
}

void save_projection(Hdf5File& file, hw::Chip& chip, std::size_t k) {
  const Graph& graph = chip.substrate.spec().graph;
  const std::string group = group_of(graph, k);
  if (chip.substrate.has_array(k)) {
    const hw::Crossbar& array = chip.substrate.array(k);
    save_states(file, group, array);
    file.set(group, "rounds", double(array.rounds()));
    file.write(group + "/owed", chip.substrate.programmer(k).owed());
  }
  if (graph.projections[k].forward) {
    const Optimizer::State state = chip.host.learner().optimizer(k).state();
    for (const auto& [name, matrix] : state.matrices) file.write(group + "/optimizer/" + name, *matrix);
    file.set(group, "optimizer_steps", double(*state.steps));
  }
  if (chip.substrate.has_feedback(k)) save_states(file, group + "/feedback", chip.substrate.feedback(k));
  if (hw::PulseProgrammer* replica = chip.substrate.replica_programmer(k)) {
    file.set(group + "/feedback", "rounds", double(chip.substrate.feedback(k).rounds()));
    file.write(group + "/feedback/owed", replica->owed());
  }
  if (hw::Crossbar* fast = chip.substrate.fast(k)) save_states(file, group + "/fast", *fast);
}

Matrix<float> matrix_like(const Hdf5File& file, const std::string& name, const Matrix<float>& like,
                          const std::string& path) {
  if (!file.has(name)) throw InputError(path + ": has no " + name + "; it belongs to another network");
  Matrix<float> matrix = file.read(name);
  if (matrix.rows() != like.rows() || matrix.cols() != like.cols())
    throw InputError(path + ": " + name + " has another size; the checkpoint belongs to another network");
  return matrix;
}

void load_states(const Hdf5File& file, const std::string& group, hw::Crossbar& array, const std::string& path) {
  const settle::Crossbar& model = array.model();
  const Matrix<float>& like = model.devices().state();
  const Matrix<float> state = matrix_like(file, group + "/state", like, path);
  if ((model.subtracted() != nullptr) != file.has(group + "/subtracted"))
    throw InputError(path + ": its weights are mapped otherwise: leave crossbar.mapping as the run has it");
  if (float(file.get(group, "weight_scale")) != model.weight_scale())
    throw InputError(path +
                     ": its devices stand for other weights: leave device.preset, device.weight_range and "
                     "crossbar.mapping as the run has them");
  Matrix<float> subtracted;
  if (model.subtracted() != nullptr) subtracted = matrix_like(file, group + "/subtracted", like, path);
  array.set_states(state, subtracted, /*threads=*/1);
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, hw::Chip& chip, int epoch, std::int64_t seed) {
  const std::filesystem::path half = path.string() + ".part";
  const Graph& graph = chip.substrate.spec().graph;
  Hdf5File file = Hdf5File::create(half.string());
  file.set("/", "epoch", epoch);
  file.set("/", "seed", double(seed));
  for (std::size_t k = 0; k < graph.projections.size(); ++k) save_projection(file, chip, k);
  for (Index p = 1; p < graph.readout(); ++p)
    file.set("/", "gain_" + graph.population(p).name, double(chip.substrate.gains()[std::size_t(p)]));
  file.close();
  std::error_code failed;
  std::filesystem::rename(half, path, failed);
  if (failed) throw RunError(path.string() + ": cannot be written (" + failed.message() + ")");
}

int load_checkpoint(const std::filesystem::path& path, hw::Chip& chip) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path))
    throw InputError(name + ": no such checkpoint; the run has not finished an epoch");
  const Hdf5File file = Hdf5File::open(name);
  const Graph& graph = chip.substrate.spec().graph;
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    const std::string group = group_of(graph, k);
    if (chip.substrate.has_array(k)) {
      load_states(file, group, chip.substrate.array(k), name);
    }
    if (chip.substrate.has_feedback(k)) load_states(file, group + "/feedback", chip.substrate.feedback(k), name);
    if (hw::Crossbar* fast = chip.substrate.fast(k)) load_states(file, group + "/fast", *fast, name);
  }
  for (Index p = 1; p < graph.readout(); ++p)
    chip.substrate.gains()[std::size_t(p)] = float(file.get("/", "gain_" + graph.population(p).name));
  return int(file.get("/", "epoch"));
}

}  // namespace settle

// The way of a model's state into a checkpoint and out of it again: each class names its state once, in visit_state().
#pragma once

#include <cstdint>
#include <string>

#include "models/numeric/matrix.h"
#include "models/numeric/time.h"

namespace settle {

/// A tree of named matrices and numbers that is written or read. The same calls do both: what is visited is what is
/// kept. Reading throws InputError where a name is missing or a matrix has another size.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual bool loading() const = 0;
  /// Whether something of this name is there to be read; always true while writing. For state that only some settings
  /// have.
  virtual bool keeps(const std::string& name) const = 0;

  /// Keeps what `body` visits under this name.
  template <class Body>
  void group(const std::string& name, const Body& body) {
    open(name);
    body();
    close();
  }

  virtual void matrix(const std::string& name, Matrix<float>& value) = 0;
  virtual void matrix(const std::string& name, Matrix<double>& value) = 0;
  virtual void number(const std::string& name, double& value) = 0;
  virtual void number(const std::string& name, std::int64_t& value) = 0;

  void vector(const std::string& name, Vector<float>& value) {
    Matrix<float> column = value;
    matrix(name, column);
    if (loading()) value = column;
  }
  /// Visits a count, which has no sign.
  template <class Count>
  void count(const std::string& name, Count& value) {
    auto whole = std::int64_t(value);
    number(name, whole);
    if (loading()) value = Count(whole);
  }
  void number(const std::string& name, float& value) {
    double wide = double(value);
    number(name, wide);
    if (loading()) value = float(wide);
  }
  void time(const std::string& name, Time& value) {
    std::uint64_t fs = value.femtoseconds();
    count(name, fs);
    if (loading()) value = Time::femtoseconds(fs);
  }

 protected:
  virtual void open(const std::string& group) = 0;
  virtual void close() = 0;
};

}  // namespace settle

// The way of a model's state into a checkpoint and out of it again: each class names its state once, in visit_state().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "settle/models/numeric/matrix.h"
#include "settle/models/numeric/time.h"

namespace settle {

/// A tree of named matrices and numbers that is written or read. The same calls do both: what is visited is what is
/// kept. Reading throws InputError where a name is missing or a matrix has another size.
///
/// Two kinds of readers want two kinds of state. Who tests a chip wants what learning has left in it. Who goes on with
/// a run, to the same bytes, also wants what the run has been through: clocks, counters, the ledger, and what was
/// derived from states that have changed since. The second kind is visited where complete() is true.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual bool loading() const = 0;
  /// Whether everything is visited that a run needs to go on to the same bytes.
  virtual bool complete() const { return false; }
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
  virtual void matrix(const std::string& name, Matrix<std::int64_t>& value) = 0;
  /// A list of words; as many are read as were written.
  virtual void words(const std::string& name, std::vector<std::string>& value) = 0;
  /// The same, with what a reader of the file should know: the unit ("1" for none), and what the numbers are.
  template <class Value>
  void matrix(const std::string& name, Value& value, const std::string& unit, const std::string& meaning) {
    describe(unit, meaning);
    matrix(name, value);
    describe("", "");
  }
  virtual void number(const std::string& name, double& value) = 0;
  virtual void number(const std::string& name, std::int64_t& value) = 0;

  template <class Real>
  void vector(const std::string& name, Vector<Real>& value) {
    Matrix<Real> column = value;
    matrix(name, column);
    if (loading()) value = column;
  }
  template <class Real>
  void vector(const std::string& name, Vector<Real>& value, const std::string& unit, const std::string& meaning) {
    describe(unit, meaning);
    vector(name, value);
    describe("", "");
  }
  /// A list of any length.
  void list(const std::string& name, std::vector<double>& value, const std::string& unit, const std::string& meaning) {
    Vector<double> column;
    if (!loading()) column = Eigen::Map<const Vector<double>>(value.data(), Index(value.size()));
    vector(name, column, unit, meaning);
    if (loading()) value.assign(column.begin(), column.end());
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
  /// Says what the matrices are that come until it says something else; "": nothing is known.
  virtual void describe(const std::string& /*unit*/, const std::string& /*meaning*/) {}
};

}  // namespace settle

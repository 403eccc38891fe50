#include "src/sweep/search/gaussian_process.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace settle {
namespace {

// k(r) / variance, with r the distance in length scales (Rasmussen and Williams, eq. 4.17).
double matern(double r) {
  const double s = std::sqrt(5.0) * r;
  return (1 + s + s * s / 3) * std::exp(-s);
}

Eigen::VectorXd kernel_with(const Eigen::MatrixXd& inputs, const Eigen::VectorXd& lengths, const Eigen::VectorXd& at) {
  const Eigen::MatrixXd scaled = (inputs.colwise() - at).array().colwise() / lengths.array();
  return scaled.colwise().norm().transpose().unaryExpr(&matern);
}

constexpr double usual_log_length = -0.7;  // half of the range: the middle of the prior, whose deviation is one
const double log_noise_low = std::log(1e-6), log_noise_high = std::log(1.0);
const double log_length_low = std::log(0.05), log_length_high = std::log(20.0);

}  // namespace

GaussianProcess::GaussianProcess(Eigen::MatrixXd inputs, const Eigen::VectorXd& values)
    : inputs_(std::move(inputs)), mean_(values.mean()) {
  const double spread = std::sqrt((values.array() - mean_).square().mean());
  unit_ = spread > 0 ? spread : 1;
  values_ = (values.array() - mean_) / unit_;
  scales_ = likeliest();
  factorise();
  // the variance that makes the values likeliest, in closed form
  variance_ = std::max(values_.dot(weights_) / double(values_.size()), 1e-12);
}

Eigen::MatrixXd GaussianProcess::covariance(const Scales& scales) const {
  const Eigen::VectorXd lengths = scales.log_lengths.array().exp();
  Eigen::MatrixXd k(inputs_.cols(), inputs_.cols());
  for (Eigen::Index j = 0; j < k.cols(); ++j) k.col(j) = kernel_with(inputs_, lengths, inputs_.col(j));
  k.diagonal().array() += std::exp(scales.log_noise);
  return k;
}

void GaussianProcess::factorise() {
  factor_.compute(covariance(scales_));
  weights_ = factor_.solve(values_);
}

double GaussianProcess::log_likelihood(const Scales& scales) const {
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance(scales));
  if (factor.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
  const double n = double(values_.size()), misfit = values_.dot(factor.solve(values_));
  const double half_log_determinant = factor.matrixLLT().diagonal().array().log().sum();
  const double prior = -0.5 * (scales.log_lengths.array() - usual_log_length).square().sum();
  return -0.5 * n * std::log(std::max(misfit / n, 1e-12)) - half_log_determinant + prior;
}

// Goes uphill one scale at a time, by steps that become smaller.
GaussianProcess::Scales GaussianProcess::likeliest() const {
  Scales best{Eigen::VectorXd::Constant(inputs_.rows(), usual_log_length), std::log(1e-3)};
  double highest = log_likelihood(best);
  for (const double step : {2.0, 1.0, 0.5, 0.25, 0.125}) {
    for (bool rose = true; rose;) {
      rose = false;
      for (Eigen::Index i = 0; i <= inputs_.rows(); ++i)
        for (const double change : {-step, step}) {
          Scales other = best;
          if (i < inputs_.rows())
            other.log_lengths[i] = std::clamp(other.log_lengths[i] + change, log_length_low, log_length_high);
          else
            other.log_noise = std::clamp(other.log_noise + change, log_noise_low, log_noise_high);
          const double likelihood = log_likelihood(other);
          if (likelihood <= highest + 1e-9) continue;
          best = other;
          highest = likelihood;
          rose = true;
        }
    }
  }
  return best;
}

GaussianProcess::Prediction GaussianProcess::at(const Eigen::VectorXd& input) const {
  const Eigen::VectorXd k = kernel_with(inputs_, scales_.log_lengths.array().exp(), input);
  const double reduced = 1 - k.dot(factor_.solve(k));
  return {mean_ + unit_ * k.dot(weights_), unit_ * std::sqrt(variance_ * std::max(reduced, 0.0))};
}

void GaussianProcess::believe(const Eigen::VectorXd& input) {
  const double value = (at(input).mean - mean_) / unit_;
  inputs_.conservativeResize(Eigen::NoChange, inputs_.cols() + 1);
  inputs_.rightCols(1) = input;
  values_.conservativeResize(values_.size() + 1);
  values_[values_.size() - 1] = value;
  factorise();
}

}  // namespace settle

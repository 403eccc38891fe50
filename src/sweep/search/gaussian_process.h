// Regression by a Gaussian process: what a figure may be where nothing has been run yet, and how sure that is.
#pragma once

#include <Eigen/Dense>

namespace settle {

/// Rasmussen and Williams, Gaussian Processes for Machine Learning (2006): a kernel of Matern's with nu = 5/2, a length
/// scale for each input, and noise; these are where the marginal likelihood (their eq. 5.8), with a broad prior on
/// length scales, is largest.
class GaussianProcess {
 public:
  /// `inputs`: a column for each observation, each input from 0 to 1; `values`: finite, one for each column, of which
  /// there is at least one.
  GaussianProcess(Eigen::MatrixXd inputs, const Eigen::VectorXd& values);

  struct Prediction {
    double mean, deviation;  // of the figure without noise
  };
  Prediction at(const Eigen::VectorXd& input) const;
  /// Takes its own mean at `input` as observed there, so that what is asked next lies elsewhere.
  void believe(const Eigen::VectorXd& input);

 private:
  struct Scales {
    Eigen::VectorXd log_lengths;
    double log_noise;  // variance, of that of the values
  };

  Eigen::MatrixXd covariance(const Scales& scales) const;
  double log_likelihood(const Scales& scales) const;
  Scales likeliest() const;
  void factorise();

  Eigen::MatrixXd inputs_;
  Eigen::VectorXd values_;  // of mean 0 and variance 1
  double mean_, unit_;
  Scales scales_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  Eigen::VectorXd weights_;
  double variance_ = 1;  // of the kernel
};

}  // namespace settle

// The hyperbolic tangent: a differential pair in weak inversion.
#pragma once

#include "models/neuron/activation.h"

namespace settle {

Change<float> tanh_apply(const float* gain, const float* shift, const float* h, float* s, Index rows, Index cols);
Change<double> tanh_apply(const double* gain, const double* shift, const double* h, double* s, Index rows, Index cols);

/// tanh(u + d) - tanh(u) = tanh(d) (1 - s^2) / (1 + s tanh(d)), exact, with s = tanh(u).
Change<float> tanh_apply_difference(float scale, const float* gain, const float* shift, const float* h, const float* s,
                                    const float* d, float* e, Index rows, Index cols);
Change<double> tanh_apply_difference(double scale, const double* gain, const double* shift, const double* h,
                                     const double* s, const double* d, double* e, Index rows, Index cols);

void tanh_slope(const float* gain, const float* shift, const float* h, const float* s, float* slope, Index rows,
                Index cols);
void tanh_slope(const double* gain, const double* shift, const double* h, const double* s, double* slope, Index rows,
                Index cols);

}  // namespace settle

// The symmetry point: the state at which a device's steps up and down are equal.
#pragma once

#include "settle/models/device/device_array.h"

namespace settle {

/// The state of each device at which one pulse up and one down undo each other, within its bounds. A device that is
/// pulsed up and down in turn for long ends there (Gokmen and Haensch, Frontiers in Neuroscience 2020).
Matrix<float> symmetry_points(const DeviceArray& devices);

}  // namespace settle

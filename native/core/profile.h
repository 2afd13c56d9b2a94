#pragma once

#include <string>

namespace gantorch {

// Times a phase, or a node of it, where the environment variable GANTORCH_PROFILE names a file. At
// the end of the process the file holds a line of JSON for each op of each phase, those that
// autograd and ATen run inside included. Without the variable it costs one branch.
class ProfileScope {
 public:
  // `phase` lives as long as its program: its address tells phases of one name apart.
  ProfileScope(const std::string& name, const void* phase);
  // `layer` is whose op the node is.
  ProfileScope(const std::string& op, const std::string& layer);
  ~ProfileScope();
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;
};

}  // namespace gantorch

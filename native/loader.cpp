// A tiny addon without libtorch: opens shared libraries so that the main addon finds their symbols.
#include <dlfcn.h>
#include <elf.h>
#include <napi.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#if defined(__x86_64__) && defined(__GLIBC__)
// As they were before glibc 2.34 moved them into libc: libtorch runs with glibc 2.28.
__asm__(".symver dlopen,dlopen@GLIBC_2.2.5");
__asm__(".symver dlclose,dlclose@GLIBC_2.2.5");
__asm__(".symver dlerror,dlerror@GLIBC_2.2.5");
#endif

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "Add the ELF machine number of this processor."
#endif

bool ReadHeader(std::ifstream& file, Elf64_Ehdr& header) {
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) return false;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64;
}

// Bytes that the file must have for its segments, 0 when they can't be read.
std::uint64_t BytesNeeded(std::ifstream& file, const Elf64_Ehdr& header) {
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  const auto length = static_cast<std::streamsize>(segments.size() * sizeof(Elf64_Phdr));
  if (!file.read(reinterpret_cast<char*>(segments.data()), length)) return 0;
  std::uint64_t needed = 0;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD) needed = std::max(needed, segment.p_offset + segment.p_filesz);
  }
  return needed;
}

// Why this file can't be opened, or nothing. A file cut short would end the process inside dlopen.
std::string Defect(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return path + ": cannot be read: " + std::strerror(errno);
  Elf64_Ehdr header{};
  if (!ReadHeader(file, header)) return path + ": is not a shared library";
  if (header.e_machine != kMachine) {
    return path + ": is for another processor (ELF machine " + std::to_string(header.e_machine) +
           ")";
  }
  const std::uint64_t needed = BytesNeeded(file, header);
  if (needed == 0) return path + ": is not a shared library";
  file.clear();
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::uint64_t>(file.tellg());
  if (size >= needed) return "";
  return path + ": is cut short: " + std::to_string(size) + " bytes of " + std::to_string(needed);
}

// How long libgomp's waiting workers spin, in its own units (some ten microseconds). Its default of
// milliseconds makes a step take almost twice as long when anything else wants the cores. libgomp
// reads this once, when it is opened; what the user has set stands.
class SpinCount {
 public:
  SpinCount() : ours_(!std::getenv(kName) && !std::getenv("OMP_WAIT_POLICY")) {
    if (ours_) setenv(kName, "10000", 0);
  }
  ~SpinCount() {
    if (ours_) unsetenv(kName);
  }
  SpinCount(const SpinCount&) = delete;
  SpinCount& operator=(const SpinCount&) = delete;

 private:
  static constexpr const char* kName = "GOMP_SPINCOUNT";
  bool ours_;
};

// open(path, ...paths): opens the libraries in this order, their symbols visible to all that is
// opened later. Throws what is wrong with the first that fails, and leaves none of them open.
Napi::Value Open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < info.Length(); ++i) {
    if (!info[i].IsString()) throw Napi::TypeError::New(env, "open takes paths");
    paths.push_back(info[i].As<Napi::String>());
  }
  const SpinCount spinCount;
  std::vector<void*> handles;
  for (const std::string& path : paths) {
    std::string reason = Defect(path);
    if (reason.empty()) {
      // Lazy: libtorch names functions of CUDA that a CPU run never calls.
      if (void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL)) {
        handles.push_back(handle);
        continue;
      }
      const char* text = dlerror();
      reason = text != nullptr ? text : path + ": dlopen failed";
    }
    std::for_each(handles.rbegin(), handles.rend(), dlclose);
    throw Napi::Error::New(env, reason);
  }
  return env.Undefined();
}

// defect(path): why the file can't be opened as a library, or ''.
Napi::Value DefectOf(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) throw Napi::TypeError::New(info.Env(), "defect takes a path");
  return Napi::String::New(info.Env(), Defect(info[0].As<Napi::String>()));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, Open, "open"));
  exports.Set("defect", Napi::Function::New(env, DefectOf, "defect"));
  return exports;
}

}  // namespace

NODE_API_MODULE(loader, Init)

# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=file.cc -DFILES=a.yaml;b.yaml -P embed.cmake: writes the signature files as C++ raw strings.
set(text "// Generated from predictor/knowledge/signatures.\n#include \"predictor/knowledge/signature.h\"\n\n")
string(APPEND text "namespace forewarn::knowledge {\n\nconst std::vector<std::pair<std::string_view, std::string_view>>& BuiltInSignatures() {\n")
string(APPEND text "  static const std::vector<std::pair<std::string_view, std::string_view>> signatures = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND text "      {\"${name}\", R\"signature(${content})signature\"},\n")
endforeach()
string(APPEND text "  };\n  return signatures;\n}\n\n}  // namespace forewarn::knowledge\n")
file(WRITE ${OUT} "${text}")

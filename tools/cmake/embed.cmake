# Writes FOLDER/VARIABLE.{h,cpp}, which hold the text of FILE as tern::generated::VARIABLE.

file(READ ${FILE} text)
get_filename_component(name ${FILE} NAME)
file(WRITE ${FOLDER}/${VARIABLE}.h "#pragma once
// The text of ${name}. Generated.

#include <string_view>

namespace tern::generated {

extern const std::string_view ${VARIABLE};

} // namespace tern::generated
")
file(WRITE ${FOLDER}/${VARIABLE}.cpp "#include \"generated/${VARIABLE}.h\"

namespace tern::generated {

const std::string_view ${VARIABLE} = R\"embedded(${text})embedded\";

} // namespace tern::generated
")

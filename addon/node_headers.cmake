# Sets NODE_UV_INCLUDE_DIR: the directory with the uv.h of the Node that runs the build. cmake-js brings the headers of
# Node-API; those of libuv come with Node itself, and only a copy whose node_version.h equals the running version will do.
set(NODE_PROGRAM "$ENV{npm_node_execpath}")
if(NOT NODE_PROGRAM OR NOT EXISTS "${NODE_PROGRAM}")
  unset(NODE_PROGRAM_IN_PATH CACHE)   # Node may have been switched since the last configure
  find_program(NODE_PROGRAM_IN_PATH node)
  set(NODE_PROGRAM "${NODE_PROGRAM_IN_PATH}")
endif()
if(NOT NODE_PROGRAM)
  message(FATAL_ERROR "node is not in the PATH: run the build with npm or npx")
endif()

# One line each: version, real path of the binary, prefix it was configured with, architecture.
execute_process(
  COMMAND "${NODE_PROGRAM}" -e
    "const r=require('fs').realpathSync; console.log([process.versions.node, r(process.execPath), process.config.variables.node_prefix ?? '', process.arch].join('\\n'))"
  OUTPUT_VARIABLE NODE_FACTS OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE NODE_FAILED)
if(NODE_FAILED)
  message(FATAL_ERROR "${NODE_PROGRAM} does not run")
endif()
string(REPLACE "\n" ";" NODE_FACTS "${NODE_FACTS}")
list(GET NODE_FACTS 0 NODE_VERSION)
list(GET NODE_FACTS 1 NODE_BINARY)
list(GET NODE_FACTS 2 NODE_PREFIX)
list(GET NODE_FACTS 3 NODE_ARCHITECTURE)
get_filename_component(NODE_BINARY_DIR "${NODE_BINARY}" DIRECTORY)

# Sets RESULT to MAJOR.MINOR.PATCH of DIR/node_version.h, or to what is wrong with DIR.
function(node_headers_version DIR RESULT)
  if(NOT EXISTS "${DIR}/node_version.h")
    set(${RESULT} "no node_version.h" PARENT_SCOPE)
    return()
  endif()
  if(NOT EXISTS "${DIR}/uv.h" AND NOT EXISTS "${DIR}/../uv.h")
    set(${RESULT} "no uv.h" PARENT_SCOPE)
    return()
  endif()
  file(STRINGS "${DIR}/node_version.h" lines REGEX "#define NODE_(MAJOR|MINOR|PATCH)_VERSION")
  string(REGEX MATCHALL "[0-9]+" numbers "${lines}")
  list(JOIN numbers "." version)
  set(${RESULT} "${version}" PARENT_SCOPE)
endfunction()

set(NODE_UV_INCLUDE_DIR "")
set(NODE_PLACES "")
foreach(place
    "${NODE_BINARY_DIR}/../include/node"
    "${NODE_PREFIX}/include/node"
    /usr/include/node
    /usr/local/include/node
    "${NODE_BINARY_DIR}/include/node"
    "${NODE_BINARY_DIR}/../../node-linux-${NODE_ARCHITECTURE}/include/node")
  get_filename_component(place "${place}" ABSOLUTE)
  node_headers_version("${place}" found)
  if(found STREQUAL NODE_VERSION)
    set(NODE_UV_INCLUDE_DIR "${place}")
    if(NOT EXISTS "${place}/uv.h")
      get_filename_component(NODE_UV_INCLUDE_DIR "${place}/.." ABSOLUTE)
    endif()
    break()
  endif()
  if(found MATCHES "^[0-9]")
    string(PREPEND found "headers of Node ")
  endif()
  string(APPEND NODE_PLACES "\n  ${place}: ${found}")
endforeach()
if(NOT NODE_UV_INCLUDE_DIR)
  message(FATAL_ERROR "No headers of Node ${NODE_VERSION} (${NODE_BINARY}) with uv.h. Looked at:${NODE_PLACES}\n"
    "They come with the archives of nodejs.org (include/node) and with NodeSource's nodejs package; "
    "Debian's are in libnode-dev and libuv1-dev.")
endif()
message(STATUS "uv.h of Node ${NODE_VERSION}: ${NODE_UV_INCLUDE_DIR}")

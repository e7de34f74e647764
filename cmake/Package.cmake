# make package: a .deb, by CPack. Only in trees with DERRICK_PACKAGE, for what is added here belongs into
# a system's own folders: units, configuration, and what Debian's policy asks for.
set(DERRICK_MAINTAINER "derrick contributors <derrick@localhost>" CACHE STRING
  "Who maintains the package: Name <address>")
set(package_files "${CMAKE_BINARY_DIR}/package")
set(debian_files "${CMAKE_SOURCE_DIR}/infra/debian")

file(GLOB units CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/infra/systemd/*")
install(FILES ${units} DESTINATION /lib/systemd/system)
install(FILES "${debian_files}/environment" DESTINATION /etc/derrick
  PERMISSIONS OWNER_READ OWNER_WRITE)

# The licence, in the form that Debian's policy asks for.
file(READ LICENSE license)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)" match "${license}")
set(copyright "${CMAKE_MATCH_1}")
string(REGEX REPLACE "^.*Copyright[^\n]*\n\n" "" license "${license}")
string(STRIP "${license}" license)
string(REGEX REPLACE "\n\n" "\n.\n" license "${license}")
string(REGEX REPLACE "\n" "\n " license " ${license}")
configure_file("${debian_files}/copyright.in" "${package_files}/copyright" @ONLY)

# Debian's own changelog says when the package was made; CHANGELOG.md says what changed.
string(TIMESTAMP now "%Y-%m-%dT%H:%M:%S" UTC) # of SOURCE_DATE_EPOCH, where that is set
execute_process(COMMAND date -u -R -d "${now}Z" OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE)
file(CONFIGURE OUTPUT "${package_files}/changelog" @ONLY CONTENT
"derrick (@PROJECT_VERSION@-1) stable; urgency=medium

  * Release @PROJECT_VERSION@: see changelog.gz.

 -- @DERRICK_MAINTAINER@  @date@
")


install(FILES "${package_files}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${package_files}/changelog" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  RENAME changelog.Debian)
install(FILES CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME changelog)
file(GLOB overrides CONFIGURE_DEPENDS "${debian_files}/lintian-overrides")
install(FILES ${overrides} DESTINATION share/lintian/overrides RENAME derrick)

# Compressed as policy asks, without the time of the build.
install(CODE "file(GLOB_RECURSE files \"\$ENV{DESTDIR}/usr/share/man/*.1\"
    \"\$ENV{DESTDIR}/usr/${CMAKE_INSTALL_DOCDIR}/changelog*\")
  execute_process(COMMAND gzip -9nf \${files} COMMAND_ERROR_IS_FATAL ANY)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME derrick)
set(CPACK_PACKAGE_CONTACT "${DERRICK_MAINTAINER}")
set(CPACK_OUTPUT_FILE_PREFIX "${CMAKE_BINARY_DIR}")
set(CPACK_SET_DESTDIR ON) # for what is outside of the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS mariadb-server)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"derrick reads the tab-delimited logs of a hydraulic rig's sensors, checks
every cell, gives each reading its date and time, merges the condition
profile, loads the database energymobile (SQLite, MySQL or MariaDB), exports
one CSV, uploads it to S3 for SageMaker, and archives the inputs.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${debian_files}/conffiles" "${debian_files}/postinst"
  "${debian_files}/prerm" "${debian_files}/postrm")
include(CPack)

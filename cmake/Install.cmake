# make install: the program, its man pages, the licence and the examples.
install(TARGETS derrick RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

file(GLOB man_pages CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/man/*.1")
install(FILES ${man_pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

install(FILES LICENSE CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(EXISTS "${CMAKE_SOURCE_DIR}/examples")
  install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endif()

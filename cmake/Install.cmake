# make install: the program, its man page, its completions for shells, and its documents.
install(TARGETS derrick RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

file(GLOB man_pages CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/man/*.1")
install(FILES ${man_pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

# completions(SHELL FOLDER FILE): what the program itself prints for the shell.
function(completions shell folder file)
  set(output "${CMAKE_BINARY_DIR}/completions/${file}")
  add_custom_command(OUTPUT "${output}" DEPENDS derrick
    COMMAND derrick completion ${shell} > "${output}" VERBATIM)
  set_property(GLOBAL APPEND PROPERTY DERRICK_COMPLETIONS "${output}")
  install(FILES "${output}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}")
endfunction()

# Where the program can run on this machine.
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/completions")
  set(zsh_folder zsh/site-functions)
  if(DERRICK_PACKAGE)
    set(zsh_folder zsh/vendor-completions) # Debian's zsh reads it
  endif()
  completions(bash bash-completion/completions derrick)
  completions(zsh ${zsh_folder} _derrick)
  completions(fish fish/vendor_completions.d derrick.fish)
  get_property(outputs GLOBAL PROPERTY DERRICK_COMPLETIONS)
  add_custom_target(completions ALL DEPENDS ${outputs})
endif()

file(GLOB documents CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/*.md")
install(FILES README.md ${documents} DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/images DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(DERRICK_PACKAGE)
  include(Package)
else()
  install(FILES LICENSE CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endif()

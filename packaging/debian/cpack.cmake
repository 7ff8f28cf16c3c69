# SPDX-License-Identifier: Apache-2.0
# cpack -G DEB: one package per component. packaging/try-packages makes and tries them.
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/changelog
     "forewarn (${PROJECT_VERSION}) unstable; urgency=medium\n\n  * See CHANGELOG.md in the package forewarn-doc.\n\n"
     " -- The Forewarn authors <forewarn@users.noreply.github.com>  Thu, 01 Jan 2026 00:00:00 +0000\n")
execute_process(COMMAND gzip -9nf ${CMAKE_CURRENT_BINARY_DIR}/changelog COMMAND_ERROR_IS_FATAL ANY)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME forewarn)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGE_HOMEPAGE_URL https://github.com/forewarn/forewarn)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)  # whatever the umask is
set(CPACK_COMPONENTS_ALL forewarn forewarn-exporter forewarn-webhook forewarn-doc)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Forewarn authors <forewarn@users.noreply.github.com>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(depends "systemd | systemd-standalone-sysusers | systemd-sysusers, procps")  # procps: kill, of ExecReload

# forewarn_debian(COMPONENT SECTION DESCRIPTION [DEPENDS text] [SUGGESTS text] [ARCHITECTURE text] [SCRIPTS])
macro(forewarn_debian component section description)
  cmake_parse_arguments(deb "SCRIPTS" "DEPENDS;SUGGESTS;ARCHITECTURE" "" ${ARGN})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${description}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${deb_DEPENDS}")
  set(CPACK_DEBIAN_${upper}_PACKAGE_SUGGESTS "${deb_SUGGESTS}")
  if(deb_ARCHITECTURE)
    set(CPACK_DEBIAN_${upper}_PACKAGE_ARCHITECTURE ${deb_ARCHITECTURE})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS OFF)
  endif()
  if(deb_SCRIPTS)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/debian/${component})
    set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA
        "${folder}/conffiles;${folder}/postinst;${folder}/prerm;${folder}/postrm")
  endif()
endmacro()

forewarn_debian(forewarn net
"checks and asks Forewarn, which predicts faults of virtual machines
The command line of Forewarn: it checks configurations, runs the predictor
over the history of a Prometheus, and asks the daemons what they predict and
what they did.

Alert rules and dashboards are in /usr/share/forewarn."
  SUGGESTS "forewarn-exporter, forewarn-webhook, forewarn-doc, prometheus, bash-completion")
forewarn_debian(forewarn-exporter net
"predicts faults of virtual machines from PromQL
Reads telemetry of virtual machines from anything that speaks the PromQL HTTP
API, and publishes which faults are to be expected, how surely and when, as
series for Prometheus. It observes and never acts."
  DEPENDS "${depends}" SUGGESTS "forewarn, forewarn-doc, prometheus, bash-completion" SCRIPTS)
forewarn_debian(forewarn-webhook net
"prevents predicted faults of virtual machines
Receives alerts from Alertmanager and mitigates predicted faults through
libvirt and HAProxy, behind guard rails, recorded before and undone after. As
it is configured here it observes. With it comes the reverter, which undoes
what is past its expiry if the webhook never comes back.

Neither is enabled or started by the installation."
  DEPENDS "${depends}" SUGGESTS "forewarn, forewarn-doc, libvirt-daemon-system, prometheus-alertmanager, bash-completion"
  SCRIPTS)
forewarn_debian(forewarn-doc doc
"documentation of Forewarn, which predicts faults of virtual machines
Runbooks, decisions, the contract of the HTTP API, and example configurations
in /usr/share/doc/forewarn/examples."
  ARCHITECTURE all)
include(CPack)

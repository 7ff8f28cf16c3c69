# SPDX-License-Identifier: Apache-2.0
# bash completion of forewarn and its daemons. The programs' own --help is the only table of options.
_forewarn() {
  local cur prev words cword split help word
  _init_completion -s || return
  local command=("${words[0]}")
  for word in "${words[@]:1:cword-1}"; do
    help=$("${command[@]}" --help 2>/dev/null)
    grep -qE "^  $word( |\$)" <<<"$(sed -n '/^Subcommands:/,$p' <<<"$help")" && command+=("$word")
  done
  help=$("${command[@]}" --help 2>/dev/null)
  if [[ $help =~ $prev" TEXT:{"([^}]*)"}" ]]; then
    COMPREPLY=($(compgen -W "${BASH_REMATCH[1]//,/ }" -- "$cur"))
    return
  fi
  case $prev in
    --log.level) COMPREPLY=($(compgen -W "debug info warn error" -- "$cur")); return ;;
    --log.format) COMPREPLY=($(compgen -W "logfmt json" -- "$cur")); return ;;
    --*file | --output | --signals | --labels | --csv | --report) _filedir; return ;;
  esac
  $split && return
  local options subcommands
  options=$(grep -oE '^  (-[a-zA-Z],)?--[a-z][a-z._-]*' <<<"$help" | grep -oE -e '--[a-z._-]+')
  subcommands=$(sed -n '/^Subcommands:/,$p' <<<"$help" | grep -oE '^  [a-z-]+' | tr -d ' ')
  if [[ $cur == -* || -z $subcommands ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    [[ $cur == -* ]] || _filedir
  else
    COMPREPLY=($(compgen -W "$subcommands" -- "$cur"))
  fi
} && complete -F _forewarn forewarn forewarn-exporter forewarn-webhook forewarn-reverter

# bash completion for suppressctl(1). The commands and their options are asked
# of the program itself, so that they are always its own.

# _suppressctl_options [COMMAND]: the long options that its help tells.
_suppressctl_options()
{
	"$program" "$@" --help 2>/dev/null |
		sed -n 's/^  \(-., \|    \)\(--[a-z-]*\) .*/\2/p'
}

# The command among the words before the cursor, if there is one.
_suppressctl_command()
{
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-c | --config | --store) i=$((i + 1)) ;;
		-*) ;;
		*)
			echo "${COMP_WORDS[i]}"
			return
			;;
		esac
	done
}

_suppressctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} command words=
	command=$(_suppressctl_command)
	COMPREPLY=()
	case $before in
	--kind) words="email domain phone linkedin contact" ;;
	--source) words="user api lead bounced abuse" ;;
	--type) words="event refusal" ;;
	--expiry) words="none some over" ;;
	--sort)
		words=$(echo {,-}{value,since,seen,expires,count,source,stream,by})
		;;
	--state) words="unverified held" ;;
	--store | --done | --postfix-config)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	-c | --config | -f | --file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [ -z "$words" ]; then
		case $command:$cur in
		*:-*) words=$(_suppressctl_options ${command:+"$command"}) ;;
		:*) words=$("$program" --help 2>/dev/null |
			sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p') ;;
		review:*) words="list accept reject" ;;
		key:*) words="new list retire" ;;
		privacy:*) words="hashed" ;;
		*)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _suppressctl suppressctl

#!/bin/sh
# Prints "KEYRING URI" lines of the Debian mirrors in this machine's own apt
# sources (deb822 and one-line), best first; KEYRING is - where apt's own trust
# is meant.
# usage: mirror.sh [APT_DIRECTORY]
set -eu

apt=${1:-/etc/apt}
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")

for file in "$apt"/sources.list "$apt"/sources.list.d/*; do
	case $file in
	*.list) form=line ;;
	*.sources) form=deb822 ;;
	*) continue ;;
	esac
	[ -f "$file" ] || continue
	sed -e '/^#/d' -e 's/[[:space:]]#.*//' "$file" |
	    awk -v form="$form" -v codename="$codename" '
	# A mirror of Debian is one that has this release itself, not only
	# updates of it, in the component main.
	function offer(uris, suites, components, keyring,   u, i, n) {
		if ((" " components " ") !~ / main /)
			return
		if (index(" " suites " ", " " codename " ") == 0 &&
		    (" " suites " ") !~ / (stable|testing|unstable|sid) /)
			return
		n = split(uris, u, " ")
		for (i = 1; i <= n; i++)
			if (u[i] ~ /^(https?|file|copy|mirror\+[a-z]+):/)
				print (keyring ~ /^\// ? keyring : "-"), u[i]
	}
	function flush() {
		if (field["types"] ~ /(^| )deb( |$)/ && tolower(field["enabled"]) != "no")
			offer(field["uris"], field["suites"],
			      field["components"], field["signed-by"])
		split("", field)
		name = ""
	}
	form == "deb822" && /^[[:space:]]*$/ { flush(); next }
	form == "deb822" && /^[^[:space:]][^:]*:/ {
		name = tolower(substr($0, 1, index($0, ":") - 1))
		$0 = substr($0, index($0, ":") + 1)
	}
	form == "deb822" {
		gsub(/[[:space:]]+/, " ")
		sub(/^ /, "")
		sub(/ $/, "")
		if ($0 != "")
			field[name] = field[name] (field[name] == "" ? "" : " ") $0
		next
	}
	$1 == "deb" {
		keyring = "-"
		if (match($0, /\[[^]]*\]/)) {
			options = substr($0, RSTART + 1, RLENGTH - 2)
			$0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
			n = split(options, option, " ")
			for (i = 1; i <= n; i++)
				if (sub(/^signed-by=/, "", option[i]))
					keyring = option[i]
		}
		rest = ""
		for (i = 4; i <= NF; i++)
			rest = rest " " $i
		offer($2, $3, rest, keyring)
	}
	END { flush() }
	'
done | awk '!seen[$0]++'

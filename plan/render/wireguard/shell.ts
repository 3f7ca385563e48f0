/** Parts of the scripts in `apply.ts`: functions of a POSIX shell, and what calls them. */

/**
 * The same script, with everything that looks like a key taken out of what it and its tools say: `wg` repeats the line
 * or the value that it does not like. POSIX shell knows no exit code of a pipe but its last program's, so it goes another
 * way. A condition around the script would switch its own `set -e` off.
 */
export function masked(script: string): string {
  return `code=$({ { set +e
(
set -eu
${script}
) 2>&1 >/dev/null 3>&-
echo $? >&3; } | sed ${keyless} >&2; } 3>&1)
exit "$code"`;
}

const keyless =
  "'s/format: .*/format/; s/\\(PrivateKey\\|PresharedKey\\).*/\\1 (not shown)/; s/[A-Za-z0-9+/]\\{42,\\}=*/(a key)/g'";

/** A run whose connection broke may still be at work: the lock makes the next one wait for it. */
export const common = `umask 077
export LC_ALL=C
folder=/etc/wireguard
file=$folder/$interface.conf
work=$folder/.$interface.next
unit=wg-quick@$interface.service
fail() { printf '%s\\n' "$*" >&2; exit 1; }
is_link() { ip link show dev "$interface" >/dev/null 2>&1; }
is_up() { wg show "$interface" public-key >/dev/null 2>&1; }
exec 9>"/run/unityplan-$interface.lock"
flock -w 60 9 || fail "another update of $interface has been at work for 60 s; wait for it, or end it"`;

/** `wg` reads the whole file before it looks for the device: with one that is not there it only checks. */
export const reading = `refused() {
  cat "$work/words" >&2
  fail "WireGuard refuses the configuration of $interface; nothing was changed"
}
read_whole() {
  cat > "$next"
  [ "$(tail -n 1 "$next")" = "$last_line" ] ||
    fail "the configuration of $interface did not arrive whole; nothing was changed"
  wg-quick strip "$next" > "$work/wanted" 2> "$work/words" || refused
  grep -q '^PrivateKey' "$work/wanted" ||
    fail "there is no private key in the configuration of $interface; nothing was changed"
  wg setconf no-such-device0 "$work/wanted" 2> "$work/words" || :
  ! grep -q 'parsing error' "$work/words" || refused
}
put_in_place() { sync "$next"; mv -f "$next" "$file"; sync "$folder"; }`;

/** A unit whose wireguard-go was killed still reads as active, and starting it would do nothing. */
export const restarting = `restart() {
  ! is_link || is_up || fail "$interface is there, and is no interface of WireGuard; remove it, or choose another name"
  [ ! -e "$file" ] || cp -p "$file" "$work/before"
  put_in_place
  ! is_link || ip link delete dev "$interface"
  systemctl reset-failed "$unit" 2>/dev/null || :
  if systemctl restart "$unit" 2> "$work/words" && is_up; then return; fi
  journalctl -u "$unit" -n 20 -o cat --no-pager >> "$work/words" 2>/dev/null || :
  cat "$work/words" >&2
  if [ -e "$work/before" ]; then mv -f "$work/before" "$file"; else rm -f "$file"; fi
  fail "$unit did not start (above is what it said); $file is as it was before"
}`;

/**
 * Only what differs is set. `wg syncconf` sets all of it again, and wireguard-go then opens its port and takes in every
 * peer's addresses anew: in one run of ten a packet comes in between. A key that is taken over by another peer is added
 * there before it is removed here, so that no packet is without a peer.
 */
export const syncing = `differences() {
  awk -v work="$work" '
    function differs(key) { return value["wanted", key] != value["held", key] }
    function set(word, key) { if (differs(key)) words = words " " word " " value["wanted", key] }
    # Keys go by way of files: a command line is there for all to see.
    function set_secret(word, key, file) {
      if (!differs(key)) return
      printf "%s", value["wanted", key] > file
      close(file)
      words = words " " word " " file
    }
    FNR == 1 { side = FILENAME == work "/held" ? "held" : "wanted" }
    /^\\[/ { peer = "" }
    !/=/ { next }
    { key = $1; sub(/^[^=]*= */, "") }
    key == "PublicKey" { peer = $0; is_there[side, peer] = 1; peers[++count] = peer; sides[count] = side; next }
    { value[side, peer key] = $0 }
    END {
      set_secret("private-key", "PrivateKey", work "/private")
      set("listen-port", "ListenPort")
      if (("held", "FwMark") in value) words = words " fwmark 0"
      if (words != "") print substr(words, 2)
      for (i = 1; i <= count; i++) {
        if (sides[i] != "wanted") continue
        peer = peers[i]
        words = ""
        set_secret("preshared-key", peer "PresharedKey", work "/shared-" i)
        set("endpoint", peer "Endpoint")
        set("persistent-keepalive", peer "PersistentKeepalive")
        set("allowed-ips", peer "AllowedIPs")
        if (words != "" || !(("held", peer) in is_there)) print "peer " peer words
      }
      for (i = 1; i <= count; i++)
        if (sides[i] == "held" && !(("wanted", peers[i]) in is_there)) print "peer " peers[i] " remove"
    }
  ' "$work/wanted" "$work/held"
}
sync_device() {
  wg showconf "$interface" > "$work/held"
  differences > "$work/differences"
  while read -r words; do
    # The words are keys in base64, numbers, addresses and paths without spaces.
    wg set "$interface" $words 2> "$work/words" || { cat "$work/words" >&2; fail "WireGuard took only a part of it"; }
  done < "$work/differences"
}`;

/** Of the routes only those are touched that wg-quick, this script or somebody by hand has added. */
export const reconciling = `reconcile() {
  ip -4 address replace "$address" dev "$interface"
  for held in $(ip -4 -o address show dev "$interface" | awk '{ print $4 }'); do
    [ "$held" = "$address" ] || ip -4 address del "$held" dev "$interface"
  done
  # One that went may have taken others of its network with it.
  ip -4 address replace "$address" dev "$interface"
  ip link set dev "$interface" mtu "$mtu" up
  routes=" $(ip -4 route show dev "$interface" proto boot | awk '{ print $1 }' | tr '\\n' ' ')"
  for network in $networks; do
    case "$routes" in *" $network "*) continue ;; esac
    ip -4 route add "$network" dev "$interface" ||
      fail "the route to $network is taken: $(ip -4 route show "$network")"
  done
  for route in $routes; do
    case " $networks " in *" $route "*) continue ;; esac
    ip -4 route del "$route" dev "$interface" proto boot
  done
}`;

export const apply = `for tool in wg wg-quick; do
  command -v "$tool" >/dev/null || fail "$tool is missing; install wireguard-tools"
done
mkdir -p "$folder"
chmod 0700 "$folder"
rm -rf "$work"
mkdir "$work"
next=$work/$interface.conf
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
read_whole
if is_up && systemctl is-active --quiet "$unit"; then
  sync_device
  put_in_place
else
  restart
fi
reconcile
systemctl is-enabled --quiet "$unit" 2>/dev/null || systemctl enable --quiet "$unit"`;

export const remove = `systemctl disable --now --quiet "$unit" 2>/dev/null || :
if is_link; then ip link delete dev "$interface"; fi
systemctl reset-failed "$unit" 2>/dev/null || :
rm -rf "$file" "$work"`;

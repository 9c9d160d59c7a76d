using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Hosts.Ssh;
using ShellText = UpgradeOps.Engine.Hosts.Ssh.ShellText;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>
/// What is done to backups on an SSH host, as scripts: <c>folder/application/id/</c> with the files under their own names. What is still on its way is
/// in <c>id/.copying/</c>: each file by the SHA-256 that it will have, and in <c>sums</c> which backup is copied. What changes a backup takes the
/// application's guard for a moment; bytes on their way do not, so that nobody waits for a sender who is gone. All of them but <see cref="Append"/> may run again
/// after they were cut off.
/// </summary>
internal sealed class StoreScripts(string folder, string application)
{
    /// <summary>The folder that the definition names is not there.</summary>
    public const int NoFolder = 47;

    /// <summary>Somebody else has sent, removed or replaced meanwhile what this is about.</summary>
    public const int Changed = 45;

    /// <summary>What is there is not what was sent, or no file of ours.</summary>
    public const int Damaged = 49;

    private const string Copying = ".copying";

    /// <summary>Ids of the folders that have a manifest, a line each.</summary>
    public string List() => InPlace(
        """
        up_there "$a" || exit 0
        cd -- "$a" && [ -r . ] || up_fail "$a: Permission denied"
        for m in */manifest.json; do [ ! -f "$m" ] || [ -L "$m" ] || [ -L "${m%/*}" ] || printf '%s\n' "${m%/*}"; done
        exit 0
        """);

    /// <summary>Prints the manifest.</summary>
    /// <param name="longest">In bytes.</param>
    public string ReadManifest(string id, long longest) => InPlace(
        $$"""
        f=$a/{{Word(id)}}/{{ManifestFile.Name}}
        up_there "$f" || exit {{FileScripts.Nothing}}
        [ -f "$f" ] && [ ! -L "$f" ] || { echo 'it is no file' >&2; exit {{Damaged}}; }
        n=$(wc -c <"$f") || exit 1
        [ "$n" -le {{longest}} ] || { echo "it has $n bytes, more than any manifest" >&2; exit {{Damaged}}; }
        exec cat <"$f"
        """);

    /// <summary>
    /// Begins to copy a backup, or goes on: from here on it is not listed. Standard input is its list of checksums. Prints <c>whole</c> when the very manifest
    /// is there already.
    /// </summary>
    /// <param name="sums">SHA-256 of the list.</param>
    /// <param name="manifest">SHA-256 of the manifest that will be there.</param>
    public string Begin(string id, string sums, string manifest) => InPlace(
        $$"""
        command -v sha256sum >/dev/null || up_fail 'sha256sum is not installed (coreutils or BusyBox has it).'
        if [ ! -d "$a" ]; then mkdir -p -- "$a" || exit 1; up_sync "$r"; fi
        {{Receive("sums", sums)}}
        {{Sweep}}
        {{Guard}}
        d=$a/{{Word(id)}}
        if [ -f "$d/{{ManifestFile.Name}}" ]; then
            up_hash "$d/{{ManifestFile.Name}}" || exit 1
            [ "$h" != {{manifest}} ] || { echo whole; exit 0; }
            rm -f -- "$d/{{ManifestFile.Name}}" && up_sync "$d" || exit 1
        fi
        mkdir -p -- "$d/{{Copying}}" && mv -f -T -- "$t" "$d/{{Copying}}/sums" || exit 1
        up_sync "$d/{{Copying}}"; up_sync "$d"; up_sync "$a"
        echo begun
        """);

    /// <summary>
    /// Tells of each path on standard input, a line each, the SHA-256 of the file that is there, or <c>-</c>; then <c>part SHA256</c> of each that was begun.
    /// </summary>
    public string Look(string id) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        cd -- "$d/{{Copying}}" 2>/dev/null && cd .. || exit {{Changed}}
        while IFS= read -r f; do
            if [ -f "$f" ] && [ ! -L "$f" ]; then up_hash "$f" || up_gone; printf '%s\n' "$h"; else echo -; fi
        done
        for p in {{Copying}}/*.part; do p=${p##*/}; [ "$p" = '*.part' ] || printf 'part %s\n' "${p%%.*}"; done
        """);

    /// <summary>
    /// Gives what an earlier try sent of a file, the longest, to one that goes on, under its own name. What is still written by whoever began it is copied. Prints
    /// its length and SHA-256; zero and <c>-</c> when there is none.
    /// </summary>
    /// <param name="sha256">Of the whole file.</param>
    /// <param name="sender">Who goes on.</param>
    public string Adopt(string id, string sha256, string sender, long size) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        cd -- "$d/{{Copying}}" 2>/dev/null || exit {{Changed}}
        b= n=0
        for p in {{sha256}}.*.part; do
            s=$(stat -c %s -- "$p" 2>/dev/null) || continue
            if [ "$s" -gt "$n" ] && [ "$s" -le {{size}} ]; then b=$p n=$s; fi
        done
        [ -n "$b" ] || { echo '0 -'; exit 0; }
        p={{Part(sha256, sender)}}
        if [ "$b" != "$p" ] && ! flock -n "$b" mv -f -T -- "$b" "$p"; then
            head -c "$n" -- "$b" >"$p" || { rm -f -- "$p"; echo '0 -'; exit 0; }
        fi
        n=$(stat -c %s -- "$p") && up_hash "$p" || up_gone
        printf '%s %s\n' "$n" "$h"
        """);

    /// <summary>
    /// Standard input follows what is there of a file. When it is whole and has its SHA-256 it gets its own name. Not to be repeated: what came of it is
    /// asked with <see cref="Adopt"/>.
    /// </summary>
    /// <param name="path">Below the backup's folder.</param>
    /// <param name="offset">Bytes that are there; 0 to begin anew.</param>
    public string Append(string id, string sums, string path, string sha256, string sender, long offset, long size) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        cd -- "$d/{{Copying}}" 2>/dev/null || exit {{Changed}}
        p={{Part(sha256, sender)}}
        true >>"$p" || up_gone
        exec 8>>"$p" || exit 1
        flock -n 8 || exit {{Changed}}
        # Another client may have adopted it before it was locked.
        [ "$p" -ef /proc/self/fd/8 ] || exit {{Changed}}
        {{(offset == 0 ? ": >\"$p\" || exit 1" : "")}}
        [ "$(stat -c %s -- "$p")" = {{offset}} ] || exit {{Changed}}
        cat >&8 || exit 1
        [ -f "$p" ] || exit {{Changed}}
        up_sync "$p"
        n=$(stat -c %s -- "$p") && up_hash "$p" || up_gone
        if [ "$n" != {{size}} ] || [ "$h" != {{sha256}} ]; then rm -f -- "$p"; exit {{Damaged}}; fi
        {{Guard}}
        {{Ours(sums)}}
        f=$d/{{ShellText.Quote(path)}}
        up_parent "$f"
        mkdir -p -- "$up_folder" && mv -f -T -- "$p" "$f" || exit 1
        up_sync "$up_folder"
        """);

    /// <summary>Standard input is the manifest: with it the backup is listed.</summary>
    public string Commit(string id, string sums, string manifest) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        [ -d "$d" ] || exit {{Changed}}
        {{Receive("manifest", manifest)}}
        {{Guard}}
        if [ -f "$d/{{ManifestFile.Name}}" ]; then
            # An earlier try came as far as this, or another client.
            up_hash "$d/{{ManifestFile.Name}}" || exit 1
            [ "$h" != {{manifest}} ] || exit 0
        fi
        cd -- "$d/{{Copying}}" 2>/dev/null || exit {{Changed}}
        {{Ours(sums)}}
        cp -- sums sums.copy && up_sync sums.copy && mv -f -T -- sums.copy "$d/{{BackupPaths.Sums}}" && mv -f -T -- "$t" "$d/{{ManifestFile.Name}}" || exit 1
        find "$d" -type d -exec sh -c 'for f; do sync "$f" 2>/dev/null || sync; done' folders {} +
        # Gone at once: who still sends to it sees that somebody else has come to the end.
        l=$a/.removed-{{Guid.NewGuid():N}}
        cd / && mv -f -T -- "$d/{{Copying}}" "$l" && rm -rf -- "$l"
        exit 0
        """);

    /// <summary>Standard input is a newer manifest of a backup that is there.</summary>
    public string Replace(string id, string manifest) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        [ -d "$d" ] || exit {{FileScripts.Nothing}}
        {{Receive("manifest", manifest)}}
        {{Guard}}
        [ -f "$d/{{ManifestFile.Name}}" ] || exit {{FileScripts.Nothing}}
        mv -f -T -- "$t" "$d/{{ManifestFile.Name}}" || exit 1
        up_sync "$d"
        """);

    /// <summary>Removes a backup, or what there is of one: at once it is not listed, then its bytes go.</summary>
    /// <param name="halfOnly">True to leave one that is whole.</param>
    public string Remove(string id, bool halfOnly) => InPlace(
        $$"""
        d=$a/{{Word(id)}}
        up_there "$a" || exit 0
        {{Guard}}
        if up_there "$d"; then
            {{(halfOnly ? $"[ ! -f \"$d/{ManifestFile.Name}\" ] || exit 0" : "")}}
            mv -f -T -- "$d" "$a/.removed-{{Guid.NewGuid():N}}" || exit 1
            up_sync "$a"
        fi
        exec 9>&-
        {{Sweep}}
        exit 0
        """);

    /// <summary>Prints a file from a byte on.</summary>
    /// <param name="path">Below the backup's folder.</param>
    public string Read(string id, string path, long offset) => InPlace($"exec tail -c +{offset + 1} -- \"$a/\"{Word(id)}/{ShellText.Quote(path)}");

    // Also takes away what lost tries to send something small left. One that is at work has its name for a few seconds only.
    private const string Sweep = """
        for l in "$a"/.removed-*; do [ ! -d "$l" ] || rm -rf -- "$l" || exit 1; done
        for l in "$a"/.*.tmp; do [ ! -f "$l" ] || find "$l" -mmin +1440 -exec rm -f -- {} \; ; done
        """;

    private static readonly string Guard = FileScripts.Guard("\"$a/.guard.lock\"");

    /// <summary>Takes what comes before anybody waits for this script, into the file <c>t</c>, which goes when nobody moves it.</summary>
    private static string Receive(string name, string sha256) => $$"""
        t=$a/.{{name}}.{{Guid.NewGuid():N}}.tmp
        trap 'rm -f -- "$t"' EXIT
        cat >"$t" && up_sync "$t" && up_hash "$t" || exit 1
        [ "$h" = {{sha256}} ] || up_fail 'What arrived is not what was sent.'
        """;

    /// <summary>In <c>.copying</c>: whether the backup that is copied is still this one.</summary>
    private static string Ours(string sums) => $$"""
        [ . -ef "$d/{{Copying}}" ] && [ -f sums ] || exit {{Changed}}
        up_hash sums || exit 1
        [ "$h" = {{sums}} ] || exit {{Changed}}
        """;

    private static string Part(string sha256, string sender) => $"{sha256}.{sender}.part";

    private static string Word(string id) => ShellText.Quote(id);

    private string InPlace(string body) => FileScripts.Script(
        $$"""
        up_hash() { h=$(sha256sum <"$1") || return 1; h=${h%% *}; }
        # What fails because another client has come to its end, or removed the backup, is no failure.
        up_gone() { [ ! -f "$d/{{Copying}}/sums" ] || exit 1; exit {{Changed}}; }
        r={{ShellText.Quote(folder)}}
        [ -d "$r" ] || exit {{NoFolder}}
        a=$r/{{ShellText.Quote(application)}}
        {{body}}
        """);
}

using System.Net;
using System.Runtime.InteropServices;
using Notes;

// notes --listen 127.0.0.1:5080, with the data in the folder that NOTES_DATA names
if (args is not ["--listen", var text] || !IPEndPoint.TryParse(text, out var address))
{
    Console.Error.WriteLine("usage: notes --listen ADDRESS:PORT   (and NOTES_DATA=FOLDER)");
    return 2;
}

if (Environment.GetEnvironmentVariable("NOTES_DATA") is not { Length: > 0 } folder)
{
    Console.Error.WriteLine("notes: NOTES_DATA names no folder");
    return 2;
}

var release = ReleaseFile.Read(AppContext.BaseDirectory);
using var book = NoteBook.Open(folder);
await using var server = Server.Create(address, release, book);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    // Ends by itself, once the note at hand is on disk.
    context.Cancel = true;
    server.Lifetime.StopApplication();
});

await server.StartAsync();
Console.WriteLine($"notes {release.Version} serves {book.Count} notes on {address}");
await server.WaitForShutdownAsync();
Console.WriteLine($"notes {release.Version} ended with {book.Count} notes");
return 0;

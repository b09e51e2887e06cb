using System.Security.Cryptography;

namespace Penstock.Engine.Protection;

/// <summary>The keys of a process: the first encrypts, all decrypt. So a key is replaced by putting another in front of it.</summary>
/// <param name="text">Given keys, as in <c>PENSTOCK_PAYLOAD_KEYS</c>; they come before those of the file. Null or empty: none.</param>
/// <param name="file">Key file, made with a fresh key when one is needed and none is given. Null: none.</param>
public sealed class PayloadKeyRing(string? text, string? file)
{
    public const string Variable = "PENSTOCK_PAYLOAD_KEYS";

    private readonly Lock _lock = new();
    private readonly Lazy<List<PayloadKey>> _given = new(() => text is null ? [] : PayloadKey.ParseAll(text, $"variable {Variable}"));
    private List<PayloadKey>? _filed;

    /// <exception cref="PayloadKeyMissingException">There is none, and no file to make one in.</exception>
    public PayloadKey First()
    {
        lock (_lock)
        {
            if (_given.Value.Count > 0)
                return _given.Value[0];
            _filed ??= ReadFile();
            if (_filed.Count == 0 && file is not null)
                _filed = MakeFile(file);
            return _filed.Count > 0 ? _filed[0] : throw PayloadKeyMissingException.ToSeal();
        }
    }

    /// <exception cref="PayloadKeysInvalidException"/>
    public void Check()
    {
        lock (_lock)
        {
            _ = _given.Value;
            _filed = ReadFile();
        }
    }

    /// <exception cref="PayloadKeyMissingException"/>
    public PayloadKey Find(string keyId)
    {
        lock (_lock)
        {
            return _given.Value.Find(key => key.Id == keyId)
                ?? (_filed ??= ReadFile()).Find(key => key.Id == keyId)
                // Another process may have made or extended the file since.
                ?? (_filed = ReadFile()).Find(key => key.Id == keyId)
                ?? throw PayloadKeyMissingException.ToOpen(keyId);
        }
    }

    private List<PayloadKey> ReadFile() => file is not null && File.Exists(file) ? PayloadKey.ParseAll(File.ReadAllText(file), file) : [];

    private List<PayloadKey> MakeFile(string path)
    {
        string id = $"k{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        string line = $"{id}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(PayloadKey.SecretBytes))}\n";
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // Under a name of its own first: nobody may read half a key, and of two processes that make one the first must win.
        string draft = $"{path}.{id}";
        try
        {
            using (StreamWriter writer = new(draft, options))
                writer.Write("# Keys of encrypted payloads. The first encrypts, all decrypt. Without them those payloads are lost: keep a copy elsewhere.\n" + line);
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it this instant.
        }
        finally
        {
            File.Delete(draft);
        }
        return ReadFile();
    }
}

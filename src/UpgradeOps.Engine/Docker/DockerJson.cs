using System.Text.Json.Serialization;

namespace UpgradeOps.Engine.Docker;

/// <summary>How the engine's JSON is read and written, made at compile time so that a first call costs nothing.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineError))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(EngineInfo))]
[JsonSerializable(typeof(List<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(ContainerWait))]
[JsonSerializable(typeof(ContainerUpdate))]
[JsonSerializable(typeof(CreatedId))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(List<ImageSummary>))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(DistributionDetails))]
[JsonSerializable(typeof(PullLine))]
[JsonSerializable(typeof(PullCredentials))]
[JsonSerializable(typeof(ExecSpec))]
[JsonSerializable(typeof(ExecStart))]
[JsonSerializable(typeof(ExecDetails))]
[JsonSerializable(typeof(VolumeSpec))]
[JsonSerializable(typeof(VolumeDetails))]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(NetworkDetails))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<string>>))]
internal sealed partial class DockerJson : JsonSerializerContext;

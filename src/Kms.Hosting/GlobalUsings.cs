global using Kms.Core;
global using Kms.Core.Primitives;

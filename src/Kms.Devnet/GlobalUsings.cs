global using Kms.Core;
global using Kms.Core.Cryptography;
global using Kms.Core.Primitives;

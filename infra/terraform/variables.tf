variable "bucket_name" {
  description = "The bucket of [s3] url in derrick.ini. Names are shared by all of AWS: choose your own if this one is taken."
  type        = string
  default     = "well-sensor-logs"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "3 to 63 lower-case letters, digits and hyphens (no dots: they break TLS to the bucket's own host)."
  }
}

variable "region" {
  description = "Where the bucket is; [s3] region in derrick.ini."
  type        = string
  default     = "us-east-1"
}

variable "prefix" {
  description = "Below which derrick may write, without slashes at its ends; empty: the whole bucket."
  type        = string
  default     = ""

  validation {
    condition     = !startswith(var.prefix, "/") && !endswith(var.prefix, "/")
    error_message = "No slash at either end."
  }
}

variable "kms_key_arn" {
  description = "A KMS key for encryption (then set sse = aws:kms); empty: S3's own keys (AES256)."
  type        = string
  default     = ""
}

variable "writer" {
  description = "What derrick writes as: \"role\" (assumed by writer_principals or through trust_anchor_arn), or \"user\" (access keys made by hand, for a server without any other identity)."
  type        = string
  default     = "role"

  validation {
    condition     = contains(["role", "user"], var.writer)
    error_message = "Either \"role\" or \"user\"."
  }
}

variable "writer_principals" {
  description = "ARNs of users and roles that may assume the writer's role, such as that of an EC2 instance."
  type        = list(string)
  default     = []
}

variable "trust_anchor_arn" {
  description = "The trust anchor of IAM Roles Anywhere whose certificates may assume the writer's role; empty: none."
  type        = string
  default     = ""
}

variable "sagemaker_role_name" {
  description = "An existing SageMaker execution role that gets the read-only policy; empty: attach it yourself."
  type        = string
  default     = ""
}

variable "old_versions_kept_days" {
  description = "After so many days a replaced version is deleted; 0: never. At least 120, for the move to cheaper storage comes first."
  type        = number
  default     = 0

  validation {
    condition     = var.old_versions_kept_days == 0 || var.old_versions_kept_days >= 120
    error_message = "0, or at least 120."
  }
}

variable "tags" {
  description = "Tags of the bucket, the role or user, and the policies."
  type        = map(string)
  default     = { application = "derrick" }
}

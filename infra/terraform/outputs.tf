output "s3_url" {
  description = "[s3] url of derrick.ini"
  value       = var.prefix == "" ? "s3://${aws_s3_bucket.logs.bucket}" : "s3://${aws_s3_bucket.logs.bucket}/${var.prefix}"
}

output "region" {
  description = "[s3] region of derrick.ini"
  value       = var.region
}

output "writer_arn" {
  description = "The role or user that derrick writes as"
  value       = local.is_role ? aws_iam_role.writer[0].arn : aws_iam_user.writer[0].arn
}

output "writer_policy_arn" {
  description = "The writer's policy, to attach it to an identity of your own"
  value       = aws_iam_policy.writer.arn
}

output "reader_policy_arn" {
  description = "The read-only policy, for SageMaker's execution role"
  value       = aws_iam_policy.reader.arn
}
